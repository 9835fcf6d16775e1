package android.media;

public class ExifInterface {
    public static final String TAG_ARTIST = "Artist";
    public static final String TAG_COPYRIGHT = "Copyright";
    public static final String TAG_DATETIME_ORIGINAL = "DateTimeOriginal";
    public static final String TAG_IMAGE_DESCRIPTION = "ImageDescription";
}
