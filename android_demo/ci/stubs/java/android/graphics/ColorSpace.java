package android.graphics;

public abstract class ColorSpace {
    public static native ColorSpace get(Named name);

    public enum Named {
        SRGB
    }
}
