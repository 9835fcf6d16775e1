#!/usr/bin/env python3
"""TintLite as a plug-in of GIMP 3: colours an image by the command `tintlite`, as a layer on top.

Copy this file, executable, to plug-ins/gimp_tintlite/gimp_tintlite.py in GIMP's folder of settings.
The command is that of PATH, or TINTLITE names it. In the menu Colors, and as `plug-in-tintlite`.
Run: GIMP 3.0.4 of Debian 13, without a screen (tests/test_plugins.py). Not run: its dialog.
"""

import os
import subprocess
import sys
import tempfile

import gi

gi.require_version("Gimp", "3.0")
gi.require_version("GimpUi", "3.0")
from gi.repository import Gimp, GimpUi, Gio, GLib, GObject  # noqa: E402

NAME = "plug-in-tintlite"
QUIET = Gimp.RunMode.NONINTERACTIVE


class TintLite(Gimp.PlugIn):
    def do_query_procedures(self):
        return [NAME]

    def do_create_procedure(self, name):
        procedure = Gimp.ImageProcedure.new(self, name, Gimp.PDBProcType.PLUGIN, self.run, None)
        procedure.set_image_types("*")
        procedure.set_menu_label("Colour (_TintLite)...")
        procedure.add_menu_path("<Image>/Colors")
        procedure.set_documentation("Colour a black-and-white image", "A new layer, on top", name)
        both = GObject.ParamFlags.READWRITE
        procedure.add_string_argument("model", "_Model", "standard or nano", "standard", both)
        procedure.add_double_argument("saturation", "_Saturation", None, 0, 3, 1, both)
        return procedure

    def run(self, procedure, run_mode, image, drawables, config, data):
        if run_mode == Gimp.RunMode.INTERACTIVE:
            GimpUi.init(NAME)
            dialog = GimpUi.ProcedureDialog.new(procedure, config)
            dialog.fill(None)
            if not dialog.run():
                return procedure.new_return_values(Gimp.PDBStatusType.CANCEL, None)
        status, told = Gimp.PDBStatusType.SUCCESS, None
        try:
            colour(image, config.get_property("model"), config.get_property("saturation"))
        except (OSError, RuntimeError, GLib.Error) as error:
            status, told = Gimp.PDBStatusType.EXECUTION_ERROR, GLib.Error(str(error))
        return procedure.new_return_values(status, told)


def colour(image, model, saturation):
    """Colour what an image shows, and lay the result over it."""
    with tempfile.TemporaryDirectory() as folder:
        grey, result = f"{folder}/grey.png", f"{folder}/TintLite.png"
        seen = image.duplicate()  # in sRGB, as a grey profile would not be saved
        if seen.get_base_type() != Gimp.ImageBaseType.RGB:
            seen.convert_rgb()
        intent = Gimp.ColorRenderingIntent.RELATIVE_COLORIMETRIC
        seen.convert_color_profile(Gimp.ColorProfile.new_rgb_srgb(), intent, True)
        Gimp.file_save(QUIET, seen, Gio.File.new_for_path(grey), None)
        seen.delete()
        words = [os.environ.get("TINTLITE", "tintlite"), "-q", "colorize", grey, "-o", result]
        words += ["--model", model, "--saturation", str(saturation)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        image.undo_group_start()
        if image.get_base_type() != Gimp.ImageBaseType.RGB:
            image.convert_rgb()
        layer = Gimp.file_load_layer(QUIET, image, Gio.File.new_for_path(result))
        image.insert_layer(layer, None, 0)
        image.undo_group_end()
    Gimp.displays_flush()


Gimp.main(TintLite.__gtype__, sys.argv)
