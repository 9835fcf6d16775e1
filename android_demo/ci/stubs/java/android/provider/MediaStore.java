package android.provider;

public final class MediaStore {
    public static final String ACTION_PICK_IMAGES = "android.provider.action.PICK_IMAGES";
    public static final String VOLUME_EXTERNAL_PRIMARY = "external_primary";

    public interface MediaColumns {
        String RELATIVE_PATH = "relative_path";
        String IS_PENDING = "is_pending";
    }
}
