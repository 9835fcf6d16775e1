package android.os.ext;

public class SdkExtensions {
    public static native int getExtensionVersion(int extension);
}
