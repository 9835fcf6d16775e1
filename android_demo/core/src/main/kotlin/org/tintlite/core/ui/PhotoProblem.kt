package org.tintlite.core.ui

/** A photo that cannot be had, coloured or kept; [message] is one English sentence. */
public sealed class PhotoProblem(message: String) : Exception(message) {
    override val message: String = message

    /** The bytes are no picture that this device decodes. */
    public class NotAPicture : PhotoProblem("the file is no picture that this device can read")

    /** More bytes than [MAX_PHOTO_BYTES]. */
    public class FileTooLarge : PhotoProblem("the file is larger than any photo")

    /** The app that has the picture does not give it; [reason] is the system's word. */
    public class Unreadable(public val reason: String) :
        PhotoProblem("the picture cannot be read: $reason")

    /** The copy of the picture is gone: the system clears caches where space is short. */
    public class Gone : PhotoProblem("the picture is no longer there")

    /** The device has not enough memory left. */
    public class NoMemory : PhotoProblem("there is not enough memory for this picture")

    /** The coloured picture cannot be written; [reason] is the system's word. */
    public class Unwritable(public val reason: String) :
        PhotoProblem("the picture cannot be written: $reason")
}

/** The largest file that is taken for a photo, in bytes: checked before decoding. */
public const val MAX_PHOTO_BYTES: Long = 256L shl 20
