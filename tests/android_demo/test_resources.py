"""What the Android app's resources and project files promise, read as the files that they are."""

import hashlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "android_demo"
MAIN = DEMO / "app" / "src" / "main"
ANDROID = "{http://schemas.android.com/apk/res/android}"


def read(file: Path) -> ElementTree.Element:
    return ElementTree.fromstring(file.read_text("utf-8"))  # noqa: S314 - our own file


def strings(folder: str) -> dict[str, str]:
    """The texts to translate, by name."""
    resources = read(MAIN / "res" / folder / "strings.xml")
    return {
        text.attrib["name"]: text.text or ""
        for text in resources.iter("string")
        if text.get("translatable") != "false"
    }


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"%\d+\$[^a-z]*[a-z]|%%", text))


def test_both_languages_say_all_of_it():
    assert set(strings("values-de")) == set(strings("values"))


def test_a_translation_keeps_each_value_and_its_kind():
    german = strings("values-de")
    for name, text in strings("values").items():
        assert placeholders(german[name]) == placeholders(text), name


def test_every_text_is_used_and_every_used_text_is_there():
    all_names = {
        text.attrib["name"] for text in read(MAIN / "res/values/strings.xml").iter("string")
    }
    sources = [file.read_text("utf-8") for file in MAIN.rglob("*.kt")]
    sources += [file.read_text("utf-8") for file in MAIN.rglob("*.xml")]
    used = set(re.findall(r"(?:(?<!android\.)R\.string\.|@string/)(\w+)", "\n".join(sources)))
    assert used == all_names


def colours(*folders: str) -> dict[str, str]:
    """The colours by name; later folders overrule earlier ones."""
    found = {}
    for folder in folders:
        for colour in read(MAIN / "res" / folder / "colors.xml").iter("color"):
            found[colour.attrib["name"]] = colour.text or ""
    return found


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance of #AARRGGBB."""
    levels = [int(colour[i : i + 2], 16) / 255 for i in (3, 5, 7)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in levels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("folders", [("values",), ("values", "values-night")])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("on_surface", "surface"),
        ("on_surface", "stage"),
        ("on_surface_dim", "surface"),
        ("primary", "surface"),
        ("on_primary", "primary"),
    ],
)
def test_text_stands_out_by_day_and_by_night(folders, text, ground):
    found = colours(*folders)
    light, dark = sorted((luminance(found[text]), luminance(found[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.2, 1.4.3


def test_the_app_asks_for_the_camera_alone_whatever_its_library_asks_for():
    ci = DEMO / "ci"
    library = ci / "stubs" / "library_manifest.xml"
    asked = {element.get(f"{ANDROID}name") for element in read(library).iter("uses-permission")}
    assert "android.permission.FOREGROUND_SERVICE_DATA_SYNC" in asked
    merged = subprocess.run(
        [sys.executable, ci / "merge_manifest.py", library],
        input=(MAIN / "AndroidManifest.xml").read_text("utf-8"),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    manifest = ElementTree.fromstring(merged)  # noqa: S314 - our own file
    granted = [element.get(f"{ANDROID}name") for element in manifest.iter("uses-permission")]
    assert granted == ["android.permission.CAMERA"]


def test_backups_hold_the_settings_alone():
    for name in ("backup_rules", "data_extraction_rules"):
        rules = read(MAIN / "res" / "xml" / f"{name}.xml")
        included = {(rule.get("domain"), rule.get("path")) for rule in rules.iter("include")}
        assert included == {("sharedpref", "settings.xml")}
    store = (MAIN / "kotlin/org/tintlite/demo/SettingsStore.kt").read_text("utf-8")
    assert 'getSharedPreferences("settings"' in store


def test_each_image_and_button_has_words():
    for layout in MAIN.glob("res/layout*/*.xml"):
        for view in read(layout).iter():
            if view.tag in ("ImageButton", "ImageView"):
                assert view.get(f"{ANDROID}contentDescription"), layout.name


# Which tags of a layout may be read into a variable of which class.
TAGS = {"TextView": {"TextView", "Button", "RadioButton"}, "Button": {"Button", "RadioButton"}}


def tags_by_id(layout: str, folder: str) -> dict[str, str]:
    """The views of a screen, includes and all, as the folder's configuration gets them."""
    file = MAIN / "res" / folder / f"{layout}.xml"
    if not file.exists():
        file = MAIN / "res" / "layout" / f"{layout}.xml"
    found = {}
    for view in read(file).iter():
        if view.tag == "include":
            found |= tags_by_id(view.attrib["layout"].removeprefix("@layout/"), folder)
        name = view.get(f"{ANDROID}id", "").removeprefix("@+id/")
        if name:
            found[name] = view.tag.split(".")[-1]
    return found


@pytest.mark.parametrize("folder", ["layout", "layout-land"])
@pytest.mark.parametrize("screen", ["PhotoActivity", "LiveActivity", "SettingsActivity"])
def test_a_screen_finds_each_view_upright_and_lying(screen, folder):
    source = (MAIN / f"kotlin/org/tintlite/demo/{screen}.kt").read_text("utf-8")
    (layout,) = re.findall(r"setContentView\(R\.layout\.(\w+)\)", source)
    views = tags_by_id(layout, folder)
    assert set(re.findall(r"R\.id\.(\w+)", source)) <= set(views)
    declared = dict(re.findall(r"lateinit var (\w+): (\w+)", source))
    for variable, name in re.findall(r"(\w+) = view\(R\.id\.(\w+)\)", source):
        kind = declared[variable]
        assert kind == "View" or views[name] in TAGS.get(kind, {kind}), name


def test_the_views_and_components_named_in_xml_are_classes():
    named = set()
    for file in [*MAIN.glob("res/layout*/*.xml"), MAIN / "AndroidManifest.xml"]:
        text = file.read_text("utf-8")
        named |= set(re.findall(r"<org\.tintlite\.demo\.(\w+)", text))
        named |= set(re.findall(r'android:name="\.(\w+)"', text))
    classes = "\n".join(f.read_text("utf-8") for f in MAIN.rglob("*.kt"))
    assert named
    for name in named:
        assert re.search(rf"^class {name}\b", classes, re.MULTILINE), name


def test_the_models_that_the_app_names_are_the_shipped_ones():
    shelf = (MAIN / "kotlin/org/tintlite/demo/ModelShelf.kt").read_text("utf-8")
    (named,) = re.findall(r"SHIPPED: Set<String> = setOf\(([^)]*)\)", shelf)
    models = ROOT / "edge_runtime" / "models"
    sums = dict(
        reversed(line.split()) for line in (models / "SHA256SUMS").read_text("ascii").splitlines()
    )
    for name in re.findall(r'"(\w+)"', named):
        file = models / f"{name}.tflite"
        assert hashlib.sha256(file.read_bytes()).hexdigest() == sums[file.name]
