"""The page behind another server: nginx, Caddy (as docs/guide/serve.md has them), a plain one."""

import http.client
import http.server
import os
import re
import shutil
import socket
import subprocess
import threading
from pathlib import Path

import httpx
import pytest

DOCUMENT = Path(__file__).parents[3] / "docs" / "guide" / "serve.md"
NAME = "photos.example.org"
TOKEN = "a-token-for-tests"  # noqa: S105
PATIENT = 120


@pytest.fixture(scope="module")
def served(start, camera):
    """As `tintlite serve 0 --allow-host NAME --base-path /tint` does."""
    return start(camera(), hosts=(NAME,), base_path="/tint", token=TOKEN)


def example(kind: str) -> str:
    """The configuration in the document."""
    return re.search(rf"```{kind}\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


def nginx(folder: Path, port: int, behind: int) -> list[str]:
    site = example("nginx").replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    site = re.sub(r" *ssl_certificate.*\n", "", site).replace(":8000", f":{behind}")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log stderr; events {{}}"
        f" http {{ access_log off; {places} {site} }}"
    )
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def caddy(folder: Path, port: int, behind: int) -> list[str]:
    site = example("caddy").replace(f"{NAME} {{", f"http://{NAME}:{port} {{\n\tbind 127.0.0.1")
    site = site.replace(":8000", f":{behind}")
    (folder / "Caddyfile").write_text(f"{{\n\tadmin off\n}}\n{site}")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


class Plain(http.server.BaseHTTPRequestHandler):
    """Passes requests on under its own name for the server, and says for whom."""

    def _pass_on(self):
        upstream = http.client.HTTPConnection("127.0.0.1", self.server.behind, timeout=PATIENT)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection")}
        upstream.request(self.command, self.path, body, headers | {"X-Forwarded-For": "192.0.2.1"})
        answer = upstream.getresponse()
        self.send_response(answer.status)
        for key, value in answer.getheaders():
            if key.lower() != "transfer-encoding":
                self.send_header(key, value)
        self.end_headers()
        try:
            while piece := answer.read1(65536):
                self.wfile.write(piece)
        except OSError:  # the visitor has gone
            pass
        finally:
            upstream.close()

    do_GET = do_POST = do_DELETE = _pass_on  # noqa: N815

    def log_message(self, *arguments):
        pass


@pytest.fixture(params=["plain", "nginx", "caddy"])
def proxy(request, served, tmp_path, wait_until):
    """The address of another server before it."""
    if request.param == "plain":
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Plain) as server:
            server.behind = served.port
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_address[1]}"
            server.shutdown()
        return
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    port = free_port()
    command = {"nginx": nginx, "caddy": caddy}[request.param](tmp_path, port, served.port)
    log = tmp_path / "log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            command,
            env=os.environ | {"HOME": str(tmp_path)},
            stdout=errors,
            stderr=errors,
        )

    def answers() -> bool:
        assert process.poll() is None, log.read_text()
        with socket.socket() as asked:
            return asked.connect_ex(("127.0.0.1", port)) == 0

    try:
        wait_until(answers)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENT)


def test_the_page_behind_another_server(served, proxy, grey, file_of):
    headers = {
        "Host": NAME,
        "Origin": f"https://{NAME}",
        "Sec-Fetch-Site": "same-origin",
        "Accept": "text/html",
    }
    client = httpx.Client(
        base_url=proxy,
        headers=headers,
        timeout=PATIENT,
        trust_env=False,
        verify=False,  # noqa: S501
    )
    with client as http:
        assert http.get("/tint/healthz").status_code == 200
        assert http.get("/tint/").status_code == 401
        page = http.get("/tint/", params={"token": TOKEN})
        assert page.status_code == 200
        assert 'src="main.js"' in page.text
        cookie = {"Cookie": page.headers["set-cookie"].partition(";")[0]}
        http.headers.update(cookie)
        assert http.get("/tint/main.js").headers["content-type"].startswith("text/javascript")
        photo = http.post("/tint/api/photos", files={"picture": ("old.png", file_of(grey))})
        assert photo.status_code == 200
        coloured = http.get(f"/tint/api/photos/{photo.json()['id']}")
        assert coloured.headers["content-disposition"].endswith("''old.colour.png")
        # Frames are passed on as they come, and not when there are many.
        with http.stream("GET", "/tint/stream") as stream:
            seen = b""
            for piece in stream.iter_raw():
                seen += piece
                if seen.count(b"X-Frame:") >= 3:
                    break
        evil = http.post("/tint/api/settings", json={}, headers={"Origin": "https://evil.example"})
        assert evil.status_code == 403
