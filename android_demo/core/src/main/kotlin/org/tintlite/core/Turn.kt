package org.tintlite.core

/** A clockwise turn by quarters. */
public enum class Rotation(public val degrees: Int) {
    NONE(0),
    QUARTER(90),
    HALF(180),
    THREE_QUARTERS(270),
    ;

    /** Whether width and height change places. */
    public val swapsSides: Boolean get() = this == QUARTER || this == THREE_QUARTERS

    public companion object {
        /** The rotation of any multiple of 90 degrees, negative ones too. */
        public fun of(degrees: Int): Rotation {
            require(degrees % 90 == 0) { "a rotation is a multiple of 90, not $degrees" }
            return entries[Math.floorMod(degrees / 90, 4)]
        }
    }
}

/**
 * How to turn a picture so that it is upright: first [rotation], then mirrored left to right.
 *
 * @property mirrored left and right change places after the turn
 */
public data class Turn(val rotation: Rotation, val mirrored: Boolean = false) {
    /** The size of a picture after the turn: (width, height). */
    public fun sizeOf(width: Int, height: Int): Pair<Int, Int> =
        if (rotation.swapsSides) Pair(height, width) else Pair(width, height)

    /**
     * The pixel of the picture before the turn that lies at (x, y) after it.
     *
     * @param width before the turn
     * @param height before the turn
     */
    public fun source(x: Int, y: Int, width: Int, height: Int): Pair<Int, Int> {
        val across = if (mirrored) sizeOf(width, height).first - 1 - x else x
        return when (rotation) {
            Rotation.NONE -> Pair(across, y)
            Rotation.QUARTER -> Pair(y, height - 1 - across)
            Rotation.HALF -> Pair(width - 1 - across, height - 1 - y)
            Rotation.THREE_QUARTERS -> Pair(width - 1 - y, across)
        }
    }

    public companion object {
        /** Leaves a picture as it is. */
        public val NONE: Turn = Turn(Rotation.NONE)

        /**
         * The turn that makes a camera's images upright on the screen.
         *
         * @param sensorOrientation `CameraCharacteristics.SENSOR_ORIENTATION`, in degrees
         * @param displayRotation of `Display.getRotation`, in degrees: 0, 90, 180 or 270
         * @param frontFacing a camera beside the screen: its images are mirrored, as in a mirror
         */
        public fun ofCamera(
            sensorOrientation: Int,
            displayRotation: Int,
            frontFacing: Boolean,
        ): Turn {
            val sign = if (frontFacing) 1 else -1
            return Turn(Rotation.of(sensorOrientation + sign * displayRotation), frontFacing)
        }

        /**
         * The turn of a picture with an EXIF orientation (Exif 2.3, tag 0x0112).
         *
         * @param orientation 1 to 8; anything else leaves the picture as it is
         */
        public fun ofExif(orientation: Int): Turn = when (orientation) {
            2 -> Turn(Rotation.NONE, mirrored = true)
            3 -> Turn(Rotation.HALF)
            4 -> Turn(Rotation.HALF, mirrored = true)
            5 -> Turn(Rotation.QUARTER, mirrored = true)
            6 -> Turn(Rotation.QUARTER)
            7 -> Turn(Rotation.THREE_QUARTERS, mirrored = true)
            8 -> Turn(Rotation.THREE_QUARTERS)
            else -> NONE
        }
    }
}
