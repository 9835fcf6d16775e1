package android.view.accessibility;

public class AccessibilityNodeInfo {
    public static final String ACTION_ARGUMENT_PROGRESS_VALUE =
            "android.view.accessibility.action.ARGUMENT_PROGRESS_VALUE";

    public static final class AccessibilityAction {
        public static final AccessibilityAction ACTION_SET_PROGRESS = null;
    }
}
