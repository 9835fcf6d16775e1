"""A machine in a few words."""

from edge_runtime.benchmark.machine import Machine


def machine_text(machine: Machine) -> str:
    """The board or the processor, its cores, its GPU."""
    cores = f"{machine.cores} core{'' if machine.cores == 1 else 's'}"
    parts = [machine.board or machine.cpu, cores, machine.architecture]
    return ", ".join([*parts, *([machine.gpu] if machine.gpu else [])])
