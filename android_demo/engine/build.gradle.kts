plugins {
    alias(libs.plugins.android.library)
}

android {
    namespace = "org.tintlite.engine"
    compileSdk = 36

    defaultConfig {
        minSdk = 26
        consumerProguardFiles("consumer-rules.pro")
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
}

kotlin {
    explicitApi()
    compilerOptions {
        jvmTarget = org.jetbrains.kotlin.gradle.dsl.JvmTarget.JVM_17
    }
}

dependencies {
    api(project(":core"))
    implementation(libs.litert) {
        // What its classes for downloading models need, and nothing of what is called here.
        exclude(group = "androidx.lifecycle")
        exclude(group = "com.google.android.play")
        exclude(group = "com.google.guava")
        exclude(group = "org.jetbrains.kotlinx")
    }
    implementation(libs.litert.gpu)
}
