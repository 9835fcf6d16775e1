package org.tintlite.demo

import android.app.Application
import android.content.Context
import java.io.File
import org.tintlite.core.ModelThread
import org.tintlite.engine.LiteRtEngines

/** What lives as long as the process: a rotation of the screen does not touch it. */
class DemoApplication : Application() {
    /** What the person chose. */
    val settings: SettingsStore by lazy { SettingsStore(this) }

    /** The shipped models and the person's own. */
    val models: ModelShelf by lazy { ModelShelf(this) }

    /** What runs the network and how fast. */
    val monitor: EngineMonitor = EngineMonitor()

    /** The one thread that owns the model. */
    val modelThread: ModelThread by lazy {
        val engines = LiteRtEngines(File(noBackupFilesDir, "engine"))
        ModelThread { wish ->
            monitor.clear()
            val model = models.read(SettingsStore.modelOf(wish))
            engines.open(model, wish.accelerator).also { monitor.opened(model.contract, it) }
        }
    }

    /** The photo at hand. */
    val photos: PhotoDesk by lazy { PhotoDesk(this) }
}

/** The application of any context in this app. */
val Context.demo: DemoApplication get() = applicationContext as DemoApplication
