package android.view;

import android.graphics.Insets;

public final class WindowInsets {
    public native Insets getInsets(int typeMask);

    public static final class Type {
        public static native int systemBars();

        public static native int displayCutout();

        public static native int ime();
    }
}
