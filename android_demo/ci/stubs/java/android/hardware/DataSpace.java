package android.hardware;

public final class DataSpace {
    public static final int RANGE_LIMITED = 268435456;

    public static native int getRange(int dataSpace);
}
