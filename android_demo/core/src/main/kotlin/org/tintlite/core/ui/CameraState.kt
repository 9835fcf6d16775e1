package org.tintlite.core.ui

/** What the camera's screen shows. */
public sealed interface CameraState {
    /** The camera may not be used. [asked]: whether the person was asked and said no. */
    public data class NoPermission(val asked: Boolean, val mayAskAgain: Boolean) : CameraState {
        /** Whether asking can help: after a final no, only the system's settings can. */
        public fun mayBeAsked(): Boolean = !asked || mayAskAgain
    }

    /** This device has no camera, or none that gives frames to apps. */
    public data object NoCamera : CameraState

    /** The camera is being opened; also while the app is in the background. */
    public data object Opening : CameraState

    /** Frames arrive. */
    public data object Running : CameraState

    /** Another app has the camera, or took it away; it is tried again when the screen returns. */
    public data object InUse : CameraState

    /** The device's policy, or its owner, has switched cameras off. */
    public data object Disabled : CameraState

    /** The camera failed; [code] is the system's own. */
    public data class Failed(val code: Int) : CameraState
}

/** What happens to the camera. */
public sealed interface CameraEvent {
    /** The screen came to the front. [allowed]: whether the permission is there. */
    public data class Resumed(
        val allowed: Boolean,
        val asked: Boolean,
        val mayAskAgain: Boolean,
        val cameras: Int,
    ) : CameraEvent

    /** The screen left the front: the camera is closed. */
    public data object Paused : CameraEvent

    /** The first frame arrived, or another one. */
    public data object Frame : CameraEvent

    /** `CameraDevice.StateCallback.onDisconnected`: another app took the camera. */
    public data object Disconnected : CameraEvent

    /** It cannot be opened, or stopped working; [number] is the system's own. */
    public data class Error(val fault: CameraFault, val number: Int) : CameraEvent

    /** The person asks to try once more. */
    public data object Retry : CameraEvent
}

/** Why a camera cannot be opened or stopped working. */
public enum class CameraFault {
    /** Another app has it, or as many cameras are open as can be. */
    IN_USE,

    /** Switched off by a policy. */
    DISABLED,

    /** It went away. */
    DISCONNECTED,

    /** The device or the service broke. */
    BROKEN,
    ;

    public companion object {
        /** The meaning of the number that `CameraDevice.StateCallback.onError` gives. */
        public fun ofDevice(error: Int): CameraFault = when (error) {
            1, 2 -> IN_USE // ERROR_CAMERA_IN_USE, ERROR_MAX_CAMERAS_IN_USE
            3 -> DISABLED // ERROR_CAMERA_DISABLED
            else -> BROKEN // ERROR_CAMERA_DEVICE, ERROR_CAMERA_SERVICE
        }

        /** The meaning of `CameraAccessException.getReason`. */
        public fun ofAccess(reason: Int): CameraFault = when (reason) {
            4, 5 -> IN_USE // CAMERA_IN_USE, MAX_CAMERAS_IN_USE
            1 -> DISABLED // CAMERA_DISABLED
            2 -> DISCONNECTED // CAMERA_DISCONNECTED
            else -> BROKEN // CAMERA_ERROR
        }
    }
}

/** What the camera's screen shows after an event. */
public fun CameraState.after(event: CameraEvent): CameraState = when (event) {
    is CameraEvent.Resumed -> when {
        event.cameras == 0 -> CameraState.NoCamera
        !event.allowed -> CameraState.NoPermission(event.asked, event.mayAskAgain)
        else -> CameraState.Opening
    }
    CameraEvent.Paused -> if (needsCamera()) CameraState.Opening else this
    // A frame that was under way when the camera went must not hide the reason.
    CameraEvent.Frame -> if (this == CameraState.Opening) CameraState.Running else this
    CameraEvent.Disconnected -> if (needsCamera()) CameraState.InUse else this
    is CameraEvent.Error -> if (needsCamera()) failed(event) else this
    CameraEvent.Retry -> if (mayRetry()) CameraState.Opening else this
}

/** Whether the camera is to be open in this state. */
public fun CameraState.needsCamera(): Boolean =
    this == CameraState.Opening || this == CameraState.Running

/** Whether trying once more can help. */
public fun CameraState.mayRetry(): Boolean =
    this == CameraState.InUse || this == CameraState.Disabled || this is CameraState.Failed

private fun failed(event: CameraEvent.Error): CameraState = when (event.fault) {
    CameraFault.IN_USE, CameraFault.DISCONNECTED -> CameraState.InUse
    CameraFault.DISABLED -> CameraState.Disabled
    CameraFault.BROKEN -> CameraState.Failed(event.number)
}
