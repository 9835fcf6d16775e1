package android.content;

import android.view.Display;

public abstract class Context {
    public native Display getDisplay();
}
