package org.tintlite.demo

import android.content.Intent
import android.os.Build
import android.os.ext.SdkExtensions
import android.provider.MediaStore

/** How a photo is chosen: neither way needs a permission. */
object PhotoPicker {
    /** The photo picker where the system has it, else its documents. */
    fun intent(): Intent = if (hasPhotoPicker()) pickerIntent() else documentIntent()

    /** The system's documents: where a device lacks the photo picker that it should have. */
    fun documentIntent(): Intent =
        Intent(Intent.ACTION_OPEN_DOCUMENT).addCategory(Intent.CATEGORY_OPENABLE).setType("image/*")

    private fun pickerIntent(): Intent = Intent(MediaStore.ACTION_PICK_IMAGES).setType("image/*")

    /** API 33 has it; on 30 to 32 it may have come with an update of the system's modules. */
    private fun hasPhotoPicker(): Boolean = when {
        Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU -> true
        Build.VERSION.SDK_INT >= Build.VERSION_CODES.R ->
            SdkExtensions.getExtensionVersion(Build.VERSION_CODES.R) >= 2
        else -> false
    }
}
