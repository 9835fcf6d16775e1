package android.view;

import android.graphics.Rect;
import java.util.List;

public class View {
    public native void setSystemGestureExclusionRects(List<Rect> rects);
    public native List<Rect> getSystemGestureExclusionRects();
}
