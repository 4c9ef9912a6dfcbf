using Widget.Testing;

namespace Widget.Browser.Tests.HostPages;

/// <summary>Libraries that change the language: the chat works with each.</summary>
public sealed class OldLibrariesShould(DemoInstallation demo, Chromium chromium)
{
    private static readonly Dictionary<string, string> Libraries = new()
    {
        ["Prototype"] = File.ReadAllText(Path.Combine(Repository.Root, "tests/Widget.Browser.Tests/HostPages/prototype.js")),
        // MooTools 1.2 to 1.4.
        ["MooTools"] = """
            Array.from = function (item) {
              if (item == null) return [];
              return typeof item === 'object' && 'length' in item ? Array.prototype.slice.call(item) : [item];
            };
            Array.prototype.each = Array.prototype.forEach;
            Array.prototype.getLast = function () { return this[this.length - 1] };
            Array.prototype.contains = function (item) { return this.indexOf(item) > -1 };
            Object.prototype.typeOf = function () { return typeof this };
            String.prototype.test = function (regex) { return regex.test(this) };
            Function.prototype.extend = function () { return this };
            var Class = function () {}, Hash = function (object) { return Object.assign(this, object) };
            window.Event = new Hash({ type: 'Event' });
            window.Element = function (tag) { return document.createElement(tag) };
            window.Request = function () {};
            window.JSON = Object.assign(new Hash(), {
              encode: JSON.stringify, decode: JSON.parse, stringify: JSON.stringify, parse: JSON.parse
            });
            """,
        ["its own JSON"] = """
            JSON.stringify = function (value) {
              if (Object.prototype.toString.call(value) === '[object Array]') return '"' + value.join(', ') + '"';
              if (value && typeof value === 'object') {
                var parts = [];
                for (var name in value) parts.push('"' + name + '":' + JSON.stringify(value[name]));
                return '{' + parts.join(',') + '}';
              }
              return '"' + value + '"';
            };
            Object.prototype.unwanted = 'yes';
            """,
        ["its own promises"] = """
            window.Promise = function (run) {
              var waiting = [], result;
              run(function (value) { result = { value: value }; waiting.forEach(function (then) { then(value) }) }, function () {});
              this.then = function (then) { if (result) then(result.value); else waiting.push(then) };
            };
            """,
        ["a wrapped fetch"] = """
            (function (original) {
              window.fetch = function (resource, options) {
                var url = typeof resource === 'string' ? resource : resource.url;
                var init = Object.assign({}, options);
                if (url.indexOf(location.origin) === 0) {
                  init.headers = Object.assign({ 'x-requested-with': 'XMLHttpRequest' }, init.headers);
                }
                return original.call(this, resource, init).then(function (response) { response.clone(); return response });
              };
            })(window.fetch);
            """,
    };

    public static TheoryData<string> Names => [.. Libraries.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Not_break_the_chat_with(string library)
    {
        await using var page = await HostPage.OpenAsync(
            demo,
            chromium,
            (source, key) => $"<script>{Libraries[library]}</script>" + HostPage.Tag(source, key));
        await page.Widget.OpenPanelAsync();

        await page.Page.EvaluateAsync("() => { Widget.setContext({ product: 'lamp' }) }");
        (await (await page.Widget.AskAsync(HostPage.Question)).InnerTextAsync()).ShouldContain("ten euros");
        await page.Widget.ShownAsync(page.Page.Locator("#widget-root .sources li, #widget-root .source-chip").First);
        // Without WebSockets, too, and on the next page. Playwright's own replacement of WebSocket does not survive these libraries.
        await page.Page.AddInitScriptAsync(
            "window.WebSocket = class { constructor() { setTimeout(() => this.onclose()) } close() {} }");
        await page.Page.ReloadAsync();
        await page.Widget.ShownAsync(page.Widget.Answers.First);
        (await (await page.Widget.AskAsync("What is the desk lamp made of?")).InnerTextAsync()).ShouldContain("brass");
        page.Widget.Errors.ShouldBeEmpty();
    }
}
