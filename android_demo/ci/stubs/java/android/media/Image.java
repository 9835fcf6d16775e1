package android.media;

public abstract class Image {
    public native int getDataSpace();
}
