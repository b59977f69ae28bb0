from tests.kit.town import PASSWORD
import os
OUT="/tmp/shots/"
def sign_in(browser, town, who, **kw):
    ctx = browser.new_context(locale="da-DK", **kw)
    page = ctx.new_page()
    page.on("console", lambda m: print("CONSOLE", m.type, m.text))
    page.on("pageerror", lambda m: print("PAGEERROR", m))
    page.goto(town.url + "/login")
    page.fill("[name=username]", who); page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_load_state()
    return page
def shoot(page, name):
    page.set_viewport_size({"width":1440,"height":900}); page.screenshot(path=f"{OUT}{name}-wide.png", full_page=True)
    page.set_viewport_size({"width":375,"height":800}); page.screenshot(path=f"{OUT}{name}-narrow.png", full_page=True)
    w = page.evaluate("document.documentElement.scrollWidth"); 
    if w>375: print("OVERFLOW", name, w)
    page.set_viewport_size({"width":1440,"height":900})
def queue(town, number, words=None):
    call = town.calls(number)
    call.hears("Tast 1")
    if words:
        call.say(words); 
        town.wait(6)
    call.press("0")
    town.wait(3)
    return call
def test_shots(town, browser):
    names = {"ali":"Ali Demir","birgit":"Birgit Thygesen","lis":"Lis Hedegaard","nadia":"Nadia Rahimi","gitte":"Gitte Overgaard"}
    ali = town.agent("ali", groups="omstilling;borgerservice", skills="pas:3")
    sofie = town.agent("sofie", groups="borgerservice", role="supervisor")
    page = sign_in(browser, town, "ali")
    shoot(page, "desk-offline")
    ali.ready()
    town.wait(40)
    page.reload(); shoot(page, "desk-ready")
    # an earlier contact of Karen
    call = queue(town, "+4520304051")
    line = ali.takes(); call.joins_conference(); town.wait(70); call.hang_up(); town.wait(2)
    page.reload(); shoot(page, "desk-wrapup0")
    ali.wraps_up("no", topic="byggesag")
    call = queue(town, "+4520304051", "jeg skal have nyt pas")
    town.wait(3)
    page.wait_for_selector("[data-ringing]", timeout=5000)
    print("TITLE", page.title())
    shoot(page, "desk-ringing")
    line = ali.takes(); call.joins_conference(); town.wait(64)
    page.wait_for_selector(".call.connected"); shoot(page, "desk-talking")
    page.fill("#note", "Byggesag: naboh")
    page.click("button:has-text(\"Sæt på hold\")"); town.wait(3); page.wait_for_selector(".call.held"); shoot(page, "desk-held")
    page.click("button:has-text(\"Hent tilbage\")"); town.wait(3)
    for n in range(4):
        queue(town, f"+45203040{60+n}"); town.wait(9)
    queue(town, "+4520304070", "skraldespanden er ikke tømt")
    birgit = town.agent("birgit", groups="borgerservice"); birgit.wishes("break","lunch")
    town.agent("lis", groups="omstilling").wishes("break","meeting")
    town.agent("nadia", groups="familie;pleje").ready()
    town.agent("gitte", groups="pleje").ready()
    town.wait(3)
    wall = sign_in(browser, town, "sofie")
    wall.goto(town.url+"/wallboard"); wall.wait_for_timeout(1500); wall.reload()
    wall.set_viewport_size({"width":1920,"height":1080}); wall.screenshot(path=OUT+"wall-1080.png"); shoot(wall, "wall")
    call.hang_up(); town.wait(2)
    page.wait_for_selector(".call.wrap_up"); shoot(page, "desk-wrapup")
    print("NOTE", page.input_value("#note"))
    wall.goto(town.url+"/contacts"); shoot(wall, "contacts")
    wall.click("tbody tr:last-child a"); wall.wait_for_load_state(); shoot(wall, "story")
    wall.goto(town.url+"/login"); shoot(wall, "login")
    wall.goto(town.url+"/l/abcdefgh"); shoot(wall, "link")
    a = browser.new_page(); a.goto(town.url+"/login"); shoot(a, "login-stranger")
