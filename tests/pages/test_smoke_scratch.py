def test_scratch(town):
    ali = town.agent("ali", groups="borgerservice;omstilling", skills="pas:3;mitid:2")
    print(ali.ask("GET", "/me"))
    print(ali.ask("GET", "/me/contact"))
    sofie = town.agent("sofie", role="supervisor")
    print(str(sofie.ask("GET", "/queues"))[:600])
    for path in ("/contacts", "/stats", "/notices", "/openapi.json"):
        print(path, str(sofie.ask("GET", path))[:300])
    for path in ("/healthz", "/readyz", "/metrics", "/login", "/desk", "/l/abc", "/static/music/waiting.wav"):
        a = town.http.get(town.url + path)
        print(path, a.status_code, a.headers.get("content-type"), a.text[:200] if "wav" not in path else len(a.content))
    ali.ready()
    line = town.calls()
    town.wait(3)
