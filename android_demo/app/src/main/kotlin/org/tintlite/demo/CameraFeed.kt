package org.tintlite.demo

import android.annotation.SuppressLint
import android.content.Context
import android.graphics.ImageFormat
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.media.Image
import android.media.ImageReader
import android.os.Handler
import android.os.HandlerThread
import android.os.Looper
import org.tintlite.core.ui.CameraEvent
import org.tintlite.core.ui.CameraFault
import org.tintlite.core.ui.PreviewSize

/**
 * A camera that gives frames.
 *
 * @property id the system's name of it
 * @property facesUser whether it lies beside the screen
 * @property sensorDegrees clockwise, from the sensor to the upright device
 * @property size of its frames
 */
data class CameraChoice(
    val id: String,
    val facesUser: Boolean,
    val sensorDegrees: Int,
    val size: PreviewSize,
)

/**
 * One camera, from [start] to [close]; afterwards another one is made.
 *
 * @param onFrame gets each newest frame on the camera's thread; it is closed when this returns
 * @param onEvent told on the main thread what happens to the camera, until [close]
 */
class CameraFeed(
    context: Context,
    private val choice: CameraChoice,
    private val onFrame: (Image) -> Unit,
    private val onEvent: (CameraEvent) -> Unit,
) : AutoCloseable {
    private val manager = context.getSystemService(CameraManager::class.java)
    private val main = Handler(Looper.getMainLooper())

    // All of these belong to the camera's thread, where `closed` is written too.
    private var device: CameraDevice? = null
    private var reader: ImageReader? = null
    private var closed = false

    @Volatile
    private var silent = false

    /** Opens the camera. The permission must be there. */
    fun start() {
        THREAD.post(::open)
    }

    /** Lets the camera go, even where it is just being opened. */
    override fun close() {
        silent = true
        THREAD.post {
            closed = true
            release()
        }
    }

    // The screen asks for the permission; taken away in between, it is a SecurityException.
    @SuppressLint("MissingPermission")
    private fun open() {
        if (closed) return
        try {
            manager.openCamera(choice.id, deviceCallback, THREAD)
        } catch (error: CameraAccessException) {
            tell(CameraEvent.Error(CameraFault.ofAccess(error.reason), error.reason))
        } catch (_: SecurityException) {
            tell(CameraEvent.Error(CameraFault.DISABLED, 0))
        } catch (_: IllegalArgumentException) {
            tell(CameraEvent.Error(CameraFault.DISCONNECTED, 0)) // an external one, pulled out
        }
    }

    private val deviceCallback = object : CameraDevice.StateCallback() {
        override fun onOpened(camera: CameraDevice) {
            if (closed) {
                camera.close()
                return
            }
            device = camera
            startSession(camera)
        }

        override fun onDisconnected(camera: CameraDevice) {
            camera.close()
            release()
            tell(CameraEvent.Disconnected)
        }

        override fun onError(camera: CameraDevice, error: Int) {
            camera.close()
            release()
            tell(CameraEvent.Error(CameraFault.ofDevice(error), error))
        }
    }

    private fun startSession(camera: CameraDevice) {
        val (width, height) = choice.size
        // Two images: one is looked at while the camera fills the other.
        val reader = ImageReader.newInstance(width, height, ImageFormat.YUV_420_888, 2)
        this.reader = reader
        reader.setOnImageAvailableListener({ handOn(it) }, THREAD)
        failingAsEvent {
            // The one way that API 26 to 36 share; its successor is of API 28.
            @Suppress("DEPRECATION")
            camera.createCaptureSession(
                listOf(reader.surface),
                sessionCallback(camera, reader),
                THREAD,
            )
        }
    }

    private fun sessionCallback(camera: CameraDevice, reader: ImageReader) =
        object : CameraCaptureSession.StateCallback() {
            override fun onConfigured(session: CameraCaptureSession) {
                if (closed || device != camera) return
                failingAsEvent {
                    val request = camera.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW)
                    request.addTarget(reader.surface)
                    session.setRepeatingRequest(request.build(), null, THREAD)
                }
            }

            override fun onConfigureFailed(session: CameraCaptureSession) {
                release()
                tell(CameraEvent.Error(CameraFault.BROKEN, 0))
            }
        }

    private fun handOn(reader: ImageReader) {
        if (closed) return
        val image = try {
            reader.acquireLatestImage() ?: return
        } catch (_: IllegalStateException) {
            return // the reader was closed under way
        }
        image.use(onFrame)
        tell(CameraEvent.Frame)
    }

    private inline fun failingAsEvent(work: () -> Unit) {
        try {
            work()
        } catch (error: CameraAccessException) {
            release()
            tell(CameraEvent.Error(CameraFault.ofAccess(error.reason), error.reason))
        } catch (_: IllegalStateException) {
            release() // the device was closed under way
            tell(CameraEvent.Error(CameraFault.DISCONNECTED, 0))
        }
    }

    private fun release() {
        device?.close()
        device = null
        reader?.close()
        reader = null
    }

    private fun tell(event: CameraEvent) {
        main.post { if (!silent) onEvent(event) }
    }

    companion object {
        /**
         * The thread of all cameras. It lives as long as the process: the system's answer to an
         * opening that was given up in the meantime still finds somebody who closes the device.
         */
        private val THREAD: Handler by lazy {
            Handler(HandlerThread("tintlite-camera").apply { start() }.looper)
        }

        /** The cameras that give frames to apps, the one at the back first. */
        fun cameras(context: Context): List<CameraChoice> {
            val manager = context.getSystemService(CameraManager::class.java)
            return try {
                manager.cameraIdList
                    .mapNotNull { choiceOf(it, manager.getCameraCharacteristics(it)) }
                    .sortedBy { it.facesUser }
            } catch (_: CameraAccessException) {
                emptyList()
            } catch (_: IllegalArgumentException) {
                emptyList() // one was pulled out while they were counted
            }
        }

        private fun choiceOf(id: String, facts: CameraCharacteristics): CameraChoice? {
            val abilities = facts.get(CameraCharacteristics.REQUEST_AVAILABLE_CAPABILITIES)
            // Depth sensors and the like are cameras too.
            val usual = CameraCharacteristics.REQUEST_AVAILABLE_CAPABILITIES_BACKWARD_COMPATIBLE
            if (abilities == null || usual !in abilities) return null
            val sizes = facts.get(CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP)
                ?.getOutputSizes(ImageFormat.YUV_420_888)
                .orEmpty()
                .map { PreviewSize(it.width, it.height) }
            val facing = facts.get(CameraCharacteristics.LENS_FACING)
            return CameraChoice(
                id = id,
                facesUser = facing == CameraCharacteristics.LENS_FACING_FRONT,
                sensorDegrees = facts.get(CameraCharacteristics.SENSOR_ORIENTATION) ?: 0,
                size = PreviewSize.choose(sizes) ?: return null,
            )
        }
    }
}
