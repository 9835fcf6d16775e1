// AGP 9 compiles Kotlin by itself. Naming the Kotlin plugin here puts its newer version on the
// class path of every module, so that core and app are compiled by the same compiler.
plugins {
    alias(libs.plugins.android.application) apply false
    alias(libs.plugins.android.library) apply false
    alias(libs.plugins.kotlin.jvm) apply false
}
