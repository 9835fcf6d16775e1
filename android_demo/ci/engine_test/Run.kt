package org.tintlite.engine

import org.junit.Assert.assertTrue
import org.junit.rules.ExternalResource
import org.tintlite.core.AbGrid
import org.tintlite.core.AcceleratorWish
import org.tintlite.core.ArgbPicture
import org.tintlite.core.Composer
import org.tintlite.core.Engine
import org.tintlite.core.GreyPicture
import org.tintlite.core.ModelFile
import org.tintlite.core.Repository
import org.tintlite.core.Vector
import java.io.File
import java.nio.file.Files
import kotlin.math.abs
import kotlin.math.sqrt

/** The models that the app ships, and the golden vectors of these very files. */
internal val MODELS: List<ModelFile> = listOf("nano", "standard").map { ModelFile.of(Repository.model(it)) }

internal fun vectorsOf(model: ModelFile): List<Vector> {
    val vectors = Vector.all.filter { it.modelSha256 == model.sha256 }
    assertTrue("no vectors of ${model.contract.name}", vectors.size >= 2)
    return vectors
}

/** Engines in a folder that is deleted after each test, closed before. */
internal class Engines : ExternalResource() {
    val folder: File = Files.createTempDirectory("tintlite-engine").toFile()
    private val engines = LiteRtEngines(folder)
    private val opened = ArrayList<Engine>()

    fun open(model: ModelFile, wish: AcceleratorWish): Engine = engines.open(model, wish).also(opened::add)

    override fun after() {
        opened.forEach(Engine::close)
        folder.deleteRecursively()
    }
}

internal fun largestDifference(one: FloatArray, other: FloatArray): Float {
    assertTrue("${one.size} and ${other.size} values", one.size == other.size)
    return one.indices.maxOf { abs(one[it] - other[it]) }
}

/** The root of the mean square, in units of a* and b*. */
internal fun distance(one: FloatArray, other: FloatArray): Double =
    110 * sqrt(one.indices.sumOf { (one[it] - other[it]).toDouble().let { off -> off * off } } / one.size)

internal fun composed(vector: Vector, ab: AbGrid): IntArray {
    val picture = GreyPicture(vector.width, vector.height, vector.grey)
    val result = ArgbPicture(vector.width, vector.height, IntArray(vector.width * vector.height))
    Composer(ab, vector.width, vector.height).compose(picture, result)
    return result.pixels
}
