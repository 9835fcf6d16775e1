package org.tintlite.core

import org.junit.Assert.assertEquals
import org.junit.Assert.assertSame
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import kotlin.math.abs
import kotlin.math.cos
import kotlin.math.sin

/** Said colours: Python's golden values, the file, and what is refused. */
class HintsTest {
    private val case = (Json.read(Repository.golden("hinted.json").readText()) as List<*>).single() as Map<*, *>
    private val side = int("output_size")
    private val picture = Repository.golden(case["grey"] as String).readBytes()
        .let { GreyPicture(int("width"), int("height"), it) }
    private val view = PictureView.of(picture)
    private val file = Repository.golden(case["hints"] as String).readBytes()
    private val text = String(file)

    private fun int(key: String): Int = checkNotNull((case[key] as JsonNumber).whole).toInt()

    /** A network that says the formula of the golden file. */
    private fun session(source: PixelSource, turn: Turn = Turn.NONE): HintSession {
        val engine = FakeEngine(AcceleratorKind.CPU, int("input_size"), side) {
            FloatArray(2 * side * side) { place ->
                val (row, column) = place / 2 / side to place / 2 % side
                (if (place % 2 == 0) 30 * sin(row / 9.0) else 30 * cos(column / 7.0)).toFloat() / AB_SCALE
            }
        }
        return Predictor(engine).session(source, turn)
    }

    @Test
    fun spreadIsPythons() {
        val cases = Json.read(Repository.golden("spread.json").readText()) as List<*>
        assertTrue("${cases.size} cases", cases.size >= 4)
        for (case in cases.map { it as Map<*, *> }) {
            fun whole(key: String) = checkNotNull((case[key] as JsonNumber).whole).toInt()
            val spots = (case["spots"] as List<*>).map { it as Map<*, *> }.map { spot ->
                fun number(key: String) = (spot[key] as JsonNumber).double
                val (a, b) = floats(spot["ab"])
                Spot(number("row"), number("column"), number("rows"), number("columns"), a, b)
            }
            val spread = Spread(floats(case["guide"]), whole("height"), whole("width"))
            val found = spread.of(floats(case["own"]), spots, whole("side"))
            val expected = floats(case["ab"])
            val off = expected.indices.maxOf { abs(expected[it] - found[it]) }
            assertTrue("${case["name"]}: off by $off", off <= 0.01f)
        }
    }

    private fun floats(values: Any?): FloatArray =
        (values as List<*>).map { (it as JsonNumber).double.toFloat() }.toFloatArray()

    @Test
    fun fileColoursItsPicture() {
        val hints = HintsFile.read(file, view)
        val ab = session(picture).ab(hints)
        val cells = (case["cells"] as List<*>).map(::floats)
        assertTrue("${cells.size} cells", cells.size >= 100)
        for ((row, column, a, b) in cells) {
            val (x, y) = column.toInt() to row.toInt()
            val off = maxOf(abs(ab.a(x, y) - a), abs(ab.b(x, y) - b))
            assertTrue("cell $row, $column: off by $off", off <= 0.1f)
        }
    }

    @Test
    fun saidColoursFitTheLightnessOfTheirPlace() {
        val session = session(picture)
        val spots = (case["spots"] as List<*>).map(::floats)
        for ((hint, spot) in HintsFile.read(file, view).zip(spots)) {
            val (a, b) = hint.abAt(session.lightnessAt(hint.x, hint.y))
            assertTrue("$hint: $a, $b", maxOf(abs(a - spot[0]), abs(b - spot[1])) <= 0.02f)
        }
    }

    @Test
    fun hintsOfALyingPictureAreInPlacesOfTheUprightOne() {
        val turn = Turn(Rotation.QUARTER, mirrored = true)
        val (width, height) = turn.sizeOf(picture.width, picture.height)
        val lying = GreyPicture(
            width,
            height,
            ByteArray(width * height) { place ->
                val (x, y) = turn.source(place % width, place / width, picture.width, picture.height)
                picture.levels[y * picture.width + x]
            },
        )
        val hints = HintsFile.read(file, view)
        val (upright, turned) = session(picture).ab(hints) to session(lying, turn)
        val stored = turned.storedAb(hints)
        assertEquals(hints, HintsFile.read(file, PictureView.of(lying, turn)))
        for (y in 0 until side) {
            for (x in 0 until side) {
                assertEquals(upright.a(x, y), turned.ab(hints).a(x, y), 1e-3f)
                val (storedX, storedY) = turn.source(x, y, side, side)
                assertEquals(upright.b(x, y), stored.b(storedX, storedY), 1e-3f)
            }
        }
    }

    @Test
    fun withoutHintsTheNetworksColoursStay() {
        val session = session(picture)
        val own = session.ab(emptyList())
        assertSame(own, session.ab(emptyList()))
        assertEquals((30 * sin(40 / 9.0)).toFloat(), own.a(3, 40), 1e-4f)
        val argb = Colour.toArgb(Lab(session.lightnessAt(0.5, 0.5), own.a(40, 40), own.b(40, 40)))
        assertEquals(argb and 0xffffff, session.ownColour(0.5, 0.5))
        session.ownColour(1.0, 1.0)
    }

    @Test
    fun greyFlatBlackAndWhiteTakeHints() {
        for (level in listOf(0, 119, 255)) {
            val flat = GreyPicture(3, 2, ByteArray(6) { level.toByte() })
            val ab = session(flat).ab(List(MAX_HINTS) { Hint(it / 499.0, 0.5, 0xff0000, 0.2) })
            assertTrue((0 until side * side).all { ab.a(it % side, it / side).isFinite() })
        }
    }

    @Test
    fun fileIsWrittenAsPythonWritesIt() {
        assertEquals(text, String(HintsFile.write(HintsFile.read(file, view), view)))
    }

    @Test
    fun whatIsWrittenIsReadAgain() {
        val hints = listOf(Hint(1e-7, 1 / 3.0, 0x00000a), Hint(0.0, 1.0, null, 1.0))
        assertEquals(hints, HintsFile.read(HintsFile.write(hints, view), view))
        assertEquals(emptyList<Hint>(), HintsFile.read(HintsFile.write(emptyList(), view), view))
    }

    @Test
    fun pictureIsKnownAgainWhenItWasScaled() {
        val (width, height) = 2 * picture.width to 2 * picture.height
        val larger = GreyPicture(
            width,
            height,
            ByteArray(width * height) { picture.levels[it / width / 2 * picture.width + it % width / 2] },
        )
        assertEquals(4, HintsFile.read(file, PictureView.of(larger)).size)
        assertEquals(4, HintsFile.read("\uFEFF$text".toByteArray(), PictureView.of(picture, size = Pair(512, 201))).size)
    }

    @Test
    fun otherSpellingsOfColours() {
        for (said in listOf("\" GRAY \"", "\"#8C1D2F\"", "[140, 29, 47]")) {
            val other = text.replaceFirst("\"#8c1d2f\"", said)
            val expected = if ("GRAY" in said) null else 0x8c1d2f
            assertEquals(said, expected, HintsFile.read(other.toByteArray(), view).first().rgb)
        }
    }

    private fun refused(text: String, view: PictureView = this.view): HintsProblem =
        assertThrows(HintsProblem::class.java) { HintsFile.read(text.toByteArray(), view) }
            .also { assertTrue(it.message, it.message.length < 120 && '\n' !in it.message) }

    @Test
    fun badFilesAreOneSentence() {
        val expected = mapOf(
            "" to "not readable as JSON",
            "{\"format\": NaN}" to "not readable as JSON",
            "[".repeat(100_000) to "not readable as JSON",
            "[]" to "not a file of hints",
            text.replace("tintlite-hints", "other") to "not a file of hints",
            text.replace("\"version\": 1", "\"version\": true") to "hints without a version",
            text.replace("\"version\": 1", "\"version\": 0") to "hints without a version",
            text.replace("\"version\": 1", "\"version\": 1.5") to "hints without a version",
            text.replace("\"version\": 1", "\"version\": 2") to
                "hints of version 2, which a newer TintLite wrote: this one reads 1",
            text.replace("\"view\": \"", "\"view\": \"0") to "the hints do not say to which picture they belong",
            text.replace("\"picture\"", "\"other\"") to "the hints do not say to which picture they belong",
            text.replace(Regex("\"hints\": \\[.*]", RegexOption.DOT_MATCHES_ALL), "\"hints\": {}") to
                "the hints are no list",
            text + " ".repeat(MAX_HINTS_BYTES) to "a file of hints has 1 MB at most",
        )
        for ((bad, message) in expected) assertEquals(bad.take(200), message, refused(bad).message)
    }

    @Test
    fun tenThousandHintsAreTooMany() {
        val one = "{\"x\": 0.5, \"y\": 0.5, \"colour\": \"grey\"}"
        val many = text.replaceAfter("\"hints\": [", List(10_000) { one }.joinToString() + "]}")
        assertEquals("10000 hints, but a picture takes 500 at most", refused(many).message)
        assertThrows(IllegalArgumentException::class.java) {
            session(picture).ab(List(MAX_HINTS + 1) { Hint(0.5, 0.5, null) })
        }
    }

    @Test
    fun hintsOfAnotherPicture() {
        val other = GreyPicture(picture.width, picture.height, picture.levels.reversedArray())
        val told = "the hints belong to another picture, of 171 x 67"
        assertEquals(told, refused(text, PictureView.of(other)).message)
        assertEquals(told, refused(text, PictureView.of(picture, size = Pair(67, 171))).message)
        for (size in listOf("0", "-3", "1e999")) {
            refused(text.replace("\"width\": 171", "\"width\": $size"))
            refused(text.replace("\"height\": 67", "\"height\": $size"))
        }
    }

    @Test
    fun badHintsAreOneSentence() {
        fun first(old: String, new: String) = refused(text.replaceFirst(old, new)).message
        assertEquals("hint 1 has x 1.5, not 0 to 1: that is outside of the picture", first("\"x\": 0.42", "\"x\": 1.5"))
        assertEquals("hint 1 has y -1, not 0 to 1: that is outside of the picture", first("\"y\": 0.61", "\"y\": -1"))
        assertEquals("hint 1 has no number for x", first("\"x\": 0.42", "\"x\": \"0.42\""))
        assertEquals("hint 1 has no y", first("\"y\": 0.61,", ""))
        assertEquals("hint 2 has radius 1e999, not 0 to 1", first("\"radius\": 0.15", "\"radius\": 1e999"))
        assertTrue("hint 1 has a colour that is not #RRGGBB" in first("#8c1d2f", "red"))
        for (colour in listOf("#8c1d2", "#8c1d2g", "")) first("#8c1d2f", colour)
        for (colour in listOf("7", "[1, 2]", "[1, 2, 256]", "[1, 2, -3]", "[1, 2, 0.5]", "null")) {
            assertTrue("hint 1 has a colour" in first("\"#8c1d2f\"", colour))
        }
        assertEquals("hint 1 is no object", refused(text.replaceAfter("\"hints\": [", "7]}")).message)
    }

    @Test
    fun wrongHintsAreNotMade() {
        for (place in listOf(-0.01, 1.01, Double.NaN, Double.POSITIVE_INFINITY)) {
            assertThrows(IllegalArgumentException::class.java) { Hint(place, 0.5, 0) }
            assertThrows(IllegalArgumentException::class.java) { Hint(0.5, place, 0) }
            assertThrows(IllegalArgumentException::class.java) { Hint(0.5, 0.5, 0, place) }
        }
        assertThrows(IllegalArgumentException::class.java) { Hint(0.5, 0.5, 0x1000000) }
        assertThrows(IllegalArgumentException::class.java) { Hint(0.5, 0.5, -1) }
    }
}
