import java.security.MessageDigest

plugins {
    alias(libs.plugins.android.application)
}

android {
    namespace = "org.tintlite.demo"
    compileSdk = 36

    defaultConfig {
        applicationId = "org.tintlite.demo"
        minSdk = 26
        targetSdk = 36
        versionCode = 1
        versionName = "1.0"
        // Phones of 64 and of 32 bits, and Chromebooks and emulators; not the emulators of 32 bits.
        ndk { abiFilters += listOf("arm64-v8a", "armeabi-v7a", "x86_64") }
    }

    buildTypes {
        release {
            isMinifyEnabled = true
            isShrinkResources = true
            proguardFiles(getDefaultProguardFile("proguard-android-optimize.txt"))
        }
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }

    packaging {
        // For tools that look at Kotlin from outside of an app, and for debugging coroutines.
        resources.excludes += listOf("kotlin/**", "META-INF/*.version", "DebugProbesKt.bin")
    }

    androidResources {
        // Quantized weights hardly shrink: inflating them would cost time and save nothing.
        noCompress += "tflite"
    }
}

kotlin {
    compilerOptions {
        jvmTarget = org.jetbrains.kotlin.gradle.dsl.JvmTarget.JVM_17
    }
}

dependencies {
    implementation(project(":engine"))
}

/** Copies the shipped models into the assets, after a look at SHA256SUMS beside them. */
abstract class CopyModels : DefaultTask() {
    /** The folder that holds the models and SHA256SUMS: `edge_runtime/models`. */
    @get:InputDirectory
    @get:PathSensitive(PathSensitivity.RELATIVE)
    abstract val models: DirectoryProperty

    /** The folder of assets to fill. */
    @get:OutputDirectory
    abstract val assets: DirectoryProperty

    @TaskAction
    fun copy() {
        val from = models.get().asFile
        val into = assets.get().asFile
        into.deleteRecursively()
        into.resolve("models").mkdirs()
        for (line in from.resolve("SHA256SUMS").readLines().filter { it.isNotBlank() }) {
            val (expected, name) = line.trim().split(Regex("\\s+\\*?"), limit = 2)
            val bytes = from.resolve(name).readBytes()
            val actual = MessageDigest.getInstance("SHA-256").digest(bytes).toHexString()
            check(actual == expected) { "$name is not the file that SHA256SUMS names" }
            into.resolve("models/$name").writeBytes(bytes)
        }
    }
}

val copyModels = tasks.register<CopyModels>("copyModels") {
    group = "build"
    description = "Copies the shipped models into the assets and checks their SHA-256."
    models = rootProject.layout.projectDirectory.dir("../edge_runtime/models")
}

androidComponents {
    onVariants { variant ->
        variant.sources.assets?.addGeneratedSourceDirectory(copyModels, CopyModels::assets)
    }
}
