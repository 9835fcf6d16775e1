"""Who may ask: names, other sites, tokens; and the headers on every answer."""

import re
import socket

import pytest

from edge_runtime.errors import TintLiteError
from edge_runtime.serve.access import is_local_name
from edge_runtime.serve.listener import listen

TOKEN = "a-token-for-tests"  # noqa: S105
PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def closed(start, camera):
    """A server that asks for a token."""
    return start(camera(), token=TOKEN)


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True), ("LOCALHOST:9", True), ("127.0.0.1:8000", True), ("127.9.9.9", True),
        ("[::1]:80", True), ("evil.example", False), ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False), ("192.168.1.2", False), ("", False), ("[::1", False),
        ("evil.example#localhost", False), ("localhost@evil.example", False),
    ],
)  # fmt: skip
def test_names_of_this_machine(host, local):
    assert is_local_name(host) is local


def test_another_name_that_leads_here_is_refused(running):
    for path in ("/", "/api/status", "/stream", "/healthz"):
        response = running.http.get(path, headers={"Host": "evil.example"})
        assert response.status_code == 421
    good = running.http.get("/api/status", headers={"Host": f"localhost:{running.port}"})
    assert good.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://["},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_may_neither_write_nor_read(running, headers):
    before = running.http.get("/api/status").json()["live_settings"]
    changes = {"saturation": 3}
    for response in (
        running.http.post("/api/settings", json=changes, headers=headers),
        running.http.post("/api/colorize", content=b"x", headers=headers),
        running.http.get("/api/still", headers=headers),
        running.http.get("/stream", headers=headers),
    ):
        assert response.status_code == 403
        assert "another web site" in response.json()["error"]
        assert "access-control-allow-origin" not in response.headers
    assert running.http.get("/api/status").json()["live_settings"] == before


def test_the_page_itself_may(running):
    headers = {"Origin": running.url, "Sec-Fetch-Site": "same-origin"}
    response = running.http.post("/api/settings", json={"saturation": 1}, headers=headers)
    assert response.status_code == 200


def test_a_link_to_the_page_is_followed_but_not_into_a_frame(running):
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert running.http.get("/", headers=link | {"Sec-Fetch-Dest": "document"}).status_code == 200
    assert running.http.get("/", headers=link | {"Sec-Fetch-Dest": "iframe"}).status_code == 403
    to_api = running.http.get("/api/still", headers=link | {"Sec-Fetch-Dest": "document"})
    assert to_api.status_code == 403


@pytest.mark.parametrize("path", ["/", "/api/status", "/stream", "/api/still", "/openapi.json"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong-token"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer t\u00f6ken".encode()},
        {"Cookie": "tintlite=1"},
    ],
)
def test_without_the_token_nothing(closed, path, headers):
    response = closed.http.get(path, headers=headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert closed.http.post("/api/settings", json={}, headers=headers).status_code == 401


def test_the_token_in_the_header_or_the_query(closed):
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert closed.http.get("/api/status", headers=headers).status_code == 200
    assert closed.http.get("/api/status", params={"token": TOKEN}).status_code == 200
    assert closed.http.get("/api/status", params={"token": TOKEN + "x"}).status_code == 401


def test_opening_the_page_with_the_token_sets_a_cookie(closed):
    response = closed.http.get("/", params={"token": TOKEN}, headers=PAGE)
    assert response.status_code == 200
    cookie = response.headers["set-cookie"]
    assert cookie.startswith(f"tintlite-{closed.port}={TOKEN};")
    words = {word.strip().lower() for word in cookie.split(";")}
    assert {"httponly", "samesite=strict", "path=/"} <= words
    assert closed.http.get("/api/status").status_code == 200  # the client keeps the cookie
    closed.http.cookies.clear()
    assert closed.http.get("/api/status").status_code == 401


def test_a_visitor_without_token_stands_at_the_door(closed):
    response = closed.http.get("/", headers=PAGE)
    assert response.status_code == 401
    assert "asks for its token" in response.text
    assert TOKEN not in response.text
    assert closed.http.get("/style.css").status_code == 200
    assert closed.http.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200), ("GET", "/main.js", 200), ("GET", "/icon.svg", 200),
        ("GET", "/api/status", 200), ("GET", "/api/still", 200), ("GET", "/no/such", 404),
        ("GET", "/../../../../etc/passwd", 404), ("GET", "/%2e%2e/%2e%2e/etc/passwd", 404),
        ("GET", "/page_files.py", 404), ("GET", "/index.html", 404), ("PUT", "/api/status", 405),
        ("POST", "/api/settings", 422), ("POST", "/api/colorize", 422),
    ],
)  # fmt: skip
def test_headers_on_every_answer(running, method, path, status):
    response = running.http.request(method, path)
    assert response.status_code == status
    check_headers(response.headers)
    if status >= 400:
        assert set(response.json()) == {"error"}


def test_headers_on_refusals_and_streams(closed, running):
    check_headers(closed.http.get("/", headers=PAGE).headers)
    check_headers(closed.http.get("/api/status").headers)
    check_headers(running.http.get("/", headers={"Host": "evil.example"}).headers)
    with running.http.stream("GET", "/stream") as response:
        check_headers(response.headers)


def test_headers_on_what_is_no_http(running):
    with socket.create_connection(("127.0.0.1", running.port), timeout=60) as peer:
        peer.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        answer = b""
        while piece := peer.recv(4096):
            answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0].startswith("HTTP/1.1 400")
    check_headers({k.lower(): v for k, v in (line.split(": ", 1) for line in lines[1:])})
    assert b"not a valid HTTP request" in body


def check_headers(headers):
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] in ("no-store", "no-cache")
    assert "server" not in headers


def test_addresses_of_the_network_get_a_token(start_anew):
    listener = listen("0.0.0.0", 0)  # noqa: S104
    try:
        assert len(listener.token) >= 20
        assert f":{listener.port}/?token={listener.token}" in listener.url
        assert "0.0.0.0" not in listener.url  # noqa: S104
    finally:
        listener.socket.close()
    server = start_anew(host="0.0.0.0")  # noqa: S104
    assert server.http.get("/api/status").status_code == 401
    headers = {"Authorization": f"Bearer {server.token}", "Host": "tintlite.example"}
    assert server.http.get("/api/status", headers=headers).status_code == 200


def test_a_token_that_is_wrong_is_told(closed):
    assert " hidden" in closed.http.get("/", headers=PAGE).text.partition('id="wrong"')[2][:10]
    response = closed.http.get("/", headers=PAGE, params={"token": "wrong-token"})
    assert response.status_code == 401
    assert '<p class="error" role="alert" id="wrong">' in response.text
    assert "wrong-token" not in response.text


def test_head_is_answered_as_get_is(running):
    for path in ("/", "/healthz", "/main.js"):
        response = running.http.head(path)
        assert (response.status_code, response.content) == (200, b"")
        assert response.headers["content-length"] == str(len(running.http.get(path).content))


PROXIED = "photos.example.org"


@pytest.fixture(scope="module")
def proxied(start):
    return start(hosts=(PROXIED,), base_path="/tint", token=TOKEN)


def test_a_name_of_another_server_is_allowed(proxied):
    headers = {"Authorization": f"Bearer {TOKEN}"}

    def status(method="GET", path="/api/status", **more):
        named = {key.replace("_", "-"): value for key, value in more.items()}
        return proxied.http.request(method, path, headers=headers | named).status_code

    assert status(Host=PROXIED) == 200
    assert status(Host=f"{PROXIED}:8443") == 200
    assert status(Host="evil.example") == 421
    # Whether or not the other server passes the name on.
    for host in (PROXIED, f"127.0.0.1:{proxied.port}"):
        assert status("DELETE", "/api/photos/x", Host=host, Origin=f"https://{PROXIED}") == 204
        assert status("DELETE", "/api/photos/x", Host=host, Origin="https://evil.example") == 403
        assert status(Host=host, Sec_Fetch_Site="cross-site") == 403


def test_the_page_lies_under_the_path_of_another_server(proxied):
    assert proxied.server.desk.behind_proxy
    for path in ("/tint/", "/"):  # the other server may take the path off
        response = proxied.http.get(path, params={"token": TOKEN}, headers=PAGE)
        assert response.status_code == 200
        assert "path=/tint/" in response.headers["set-cookie"].lower()
        assert not re.search(r"""(href|src)=["']/""", response.text)
    proxied.http.cookies.clear()
    response = proxied.http.get("/tint", follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (308, "/tint/")
    assert proxied.http.get("/tintin/api/status", params={"token": TOKEN}).status_code == 404


def test_who_is_reached_through_another_server_asks_for_a_token():
    listener = listen("127.0.0.1", 0, hosts=("Photos.Example.org",), base_path="/tint/")
    try:
        assert listener.only_local
        assert listener.hosts == {PROXIED}
        assert listener.url == f"http://127.0.0.1:{listener.port}/tint/?token={listener.token}"
    finally:
        listener.socket.close()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"hosts": ["http://a.example"]}, "no name of a host"),
        ({"hosts": ["*"]}, "no name of a host"),
        ({"base_path": "tint"}, "no path"),
        ({"base_path": "/a b"}, "no path"),
        ({"base_path": "//evil.example"}, "no path"),
    ],
)
def test_names_and_paths_that_are_none(options, words):
    with pytest.raises(TintLiteError, match=words):
        listen("127.0.0.1", 0, **options)


def test_an_address_of_this_machine_gets_none():
    listener = listen("localhost", 0)
    try:
        assert listener.token is None
        assert listener.url == f"http://127.0.0.1:{listener.port}/"
    finally:
        listener.socket.close()


def test_a_port_in_use_is_told():
    first = listen("127.0.0.1", 0)
    try:
        with pytest.raises(TintLiteError, match=f"127.0.0.1:{first.port}: cannot be served"):
            listen("127.0.0.1", first.port)
    finally:
        first.socket.close()


@pytest.mark.parametrize(
    ("host", "token", "words"),
    [
        ("no.such.host.invalid", None, "host 'no.such.host.invalid'"),
        ("192.0.2.77", None, "cannot be served"),
        ("x" * 300, None, "host"),
        ("127.0.0.1", "short", "at least 8"),
        ("127.0.0.1", "with a space", "letters, digits"),
    ],
)
def test_addresses_that_cannot_be(host, token, words):
    with pytest.raises(TintLiteError, match=words) as failure:
        listen(host, 0, token)
    assert "\n" not in str(failure.value)
