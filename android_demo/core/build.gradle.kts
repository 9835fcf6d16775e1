plugins {
    alias(libs.plugins.kotlin.jvm)
}

kotlin {
    explicitApi()
    compilerOptions {
        jvmTarget = org.jetbrains.kotlin.gradle.dsl.JvmTarget.JVM_17
        allWarningsAsErrors = true
    }
}

java {
    sourceCompatibility = JavaVersion.VERSION_17
    targetCompatibility = JavaVersion.VERSION_17
}

dependencies {
    testImplementation(libs.junit)
}

tasks.test {
    // The vectors and models that Python and Kotlin must agree on lie outside of this project.
    inputs.dir(rootProject.layout.projectDirectory.dir("../tests/golden"))
    inputs.dir(rootProject.layout.projectDirectory.dir("../edge_runtime/models"))
}
