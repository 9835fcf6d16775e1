package org.tintlite.demo

import android.content.Context
import org.tintlite.core.AcceleratorKind
import org.tintlite.core.EngineProblem
import org.tintlite.core.HintsProblem
import org.tintlite.core.MAX_HINTS
import org.tintlite.core.ModelProblem
import org.tintlite.core.PictureProblem
import org.tintlite.core.ui.PhotoProblem

/** What went wrong, in the person's language. */
fun Context.textOf(problem: Throwable): String = when (problem) {
    is ModelProblem -> textOfModel(problem)
    is EngineProblem -> textOfEngine(problem)
    is PictureProblem -> textOfPicture(problem)
    is HintsProblem -> textOfHints(problem)
    is PhotoProblem -> textOfPhoto(problem)
    else -> getString(R.string.problem_unknown, reasonOf(problem))
}

private fun Context.textOfModel(problem: ModelProblem): String = when (problem) {
    is ModelProblem.Foreign -> getString(R.string.model_foreign)
    is ModelProblem.Truncated -> getString(R.string.model_truncated)
    is ModelProblem.WithoutContract -> getString(R.string.model_without_contract)
    is ModelProblem.WithoutSeal -> getString(R.string.model_without_seal)
    is ModelProblem.Edited -> getString(R.string.model_edited)
    is ModelProblem.AnotherVersion -> getString(R.string.model_another_version, problem.found)
    is ModelProblem.BadContract -> getString(R.string.model_bad_contract, problem.reason)
    is ModelProblem.AnotherNetwork -> getString(R.string.model_another_network, problem.reason)
    is ModelProblem.TooLarge -> getString(R.string.model_too_large)
    is ModelProblem.Unreadable -> getString(R.string.model_unreadable, problem.reason)
}

private fun Context.textOfEngine(problem: EngineProblem): String = when (problem) {
    is EngineProblem.NotLoaded ->
        getString(R.string.engine_not_loaded, nameOf(problem.kind), problem.reason)
    is EngineProblem.RunFailed -> getString(R.string.engine_run_failed, problem.reason)
    is EngineProblem.NotFinite -> getString(R.string.engine_not_finite)
    is EngineProblem.OtherColours ->
        getString(R.string.engine_other_colours, problem.distance, problem.allowed)
    is EngineProblem.Closed -> getString(R.string.engine_closed)
}

private fun Context.textOfPicture(problem: PictureProblem): String = when (problem) {
    is PictureProblem.Empty -> getString(R.string.picture_empty)
    is PictureProblem.TooLarge ->
        getString(R.string.picture_too_large, problem.width, problem.height)
    is PictureProblem.BadPlane, is PictureProblem.BadArray ->
        getString(R.string.picture_bad, reasonOf(problem))
}

private fun Context.textOfHints(problem: HintsProblem): String = when (problem) {
    is HintsProblem.TooLarge -> getString(R.string.hints_too_large)
    is HintsProblem.NotJson, is HintsProblem.Foreign, is HintsProblem.WithoutVersion,
    is HintsProblem.NoList,
    -> getString(R.string.hints_foreign)
    is HintsProblem.Newer -> getString(R.string.hints_newer, problem.found)
    is HintsProblem.WithoutPicture -> getString(R.string.hints_without_picture)
    is HintsProblem.AnotherPicture ->
        getString(R.string.hints_another_picture, problem.width, problem.height)
    is HintsProblem.TooMany -> getString(R.string.hints_too_many, MAX_HINTS)
    is HintsProblem.BadHint -> getString(R.string.hints_bad, problem.number)
}

private fun Context.textOfPhoto(problem: PhotoProblem): String = when (problem) {
    is PhotoProblem.NotAPicture -> getString(R.string.photo_not_a_picture)
    is PhotoProblem.FileTooLarge -> getString(R.string.photo_file_too_large)
    is PhotoProblem.Unreadable -> getString(R.string.photo_unreadable, problem.reason)
    is PhotoProblem.Gone -> getString(R.string.photo_gone)
    is PhotoProblem.NoMemory -> getString(R.string.photo_no_memory)
    is PhotoProblem.Unwritable -> getString(R.string.photo_unwritable, problem.reason)
}

/** What runs the network, how fast, and where it is the CPU against the wish: why. */
fun Context.textOf(monitor: EngineMonitor): String {
    val facts = monitor.facts ?: return ""
    val contract = facts.contract
    val accelerator = nameOf(facts.accelerator)
    val median = monitor.medianMs
    val line = if (median == null) {
        getString(
            R.string.engine_line,
            contract.name,
            contract.version,
            contract.recipe,
            accelerator,
        )
    } else {
        getString(
            R.string.engine_line_ms,
            contract.name,
            contract.version,
            contract.recipe,
            accelerator,
            median,
        )
    }
    val note = facts.note ?: return line
    return line + "\n" + getString(R.string.engine_why_not_gpu, textOf(note))
}

private fun Context.nameOf(kind: AcceleratorKind): String = when (kind) {
    AcceleratorKind.CPU -> getString(R.string.cpu)
    AcceleratorKind.GPU -> getString(R.string.gpu)
}
