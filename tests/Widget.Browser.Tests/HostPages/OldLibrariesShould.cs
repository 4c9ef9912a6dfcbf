namespace Widget.Browser.Tests.HostPages;

/// <summary>Libraries that change the language: the chat works with each.</summary>
public sealed class OldLibrariesShould(DemoInstallation demo, Chromium chromium)
{
    private static readonly Dictionary<string, string> Libraries = new()
    {
        // Prototype.js 1.6: JSON of its own, iterators with two arguments, bind, remove.
        ["Prototype"] = """
            Object.extend = function (to, from) { for (var name in from) to[name] = from[name]; return to };
            Object.toJSON = function (object) {
              switch (typeof object) {
                case 'undefined': case 'function': case 'unknown': return undefined;
                case 'boolean': return object.toString();
              }
              if (object === null) return 'null';
              if (object.toJSON) return object.toJSON();
              var results = [];
              for (var name in object) {
                var value = Object.toJSON(object[name]);
                if (value !== undefined) results.push(name.toJSON() + ': ' + value);
              }
              return '{' + results.join(', ') + '}';
            };
            String.prototype.toJSON = function () { return '"' + this.replace(/[\\"]/g, '\\$&') + '"' };
            Number.prototype.toJSON = function () { return isFinite(this) ? this.toString() : 'null' };
            var $break = {};
            var Enumerable = {
              each: function (iterator, context) {
                try { for (var i = 0; i < this.length; i++) iterator.call(context, this[i], i) } catch (e) { if (e != $break) throw e }
                return this;
              },
              all: function (iterator, context) { var all = true; this.each(function (v, i) { all = all && !!iterator.call(context, v, i); if (!all) throw $break }); return all },
              any: function (iterator, context) { var any = false; this.each(function (v, i) { if (any = !!iterator.call(context, v, i)) throw $break }); return any },
              collect: function (iterator, context) { var all = []; this.each(function (v, i) { all.push(iterator.call(context, v, i)) }); return all },
              detect: function (iterator, context) { var found; this.each(function (v, i) { if (iterator.call(context, v, i)) { found = v; throw $break } }); return found },
              findAll: function (iterator, context) { var all = []; this.each(function (v, i) { if (iterator.call(context, v, i)) all.push(v) }); return all },
              toArray: function () { return [].concat(this) },
            };
            Object.extend(Enumerable, { map: Enumerable.collect, find: Enumerable.detect, select: Enumerable.findAll, filter: Enumerable.findAll, entries: Enumerable.toArray, every: Enumerable.all, some: Enumerable.any });
            Object.extend(Array.prototype, Enumerable);
            Object.extend(Array.prototype, {
              first: function () { return this[0] }, last: function () { return this[this.length - 1] },
              reduce: function () { return this.length > 1 ? this : this[0] },
              clone: function () { return [].concat(this) }, size: function () { return this.length },
              toJSON: function () { var all = []; this.each(function (v) { var json = Object.toJSON(v); if (json !== undefined) all.push(json) }); return '[' + all.join(', ') + ']' },
            });
            var $A = Array.from = function (iterable) {
              if (!iterable) return [];
              var length = iterable.length || 0, results = new Array(length);
              while (length--) results[length] = iterable[length];
              return results;
            };
            Function.prototype.bind = function () {
              if (arguments.length < 2 && arguments[0] === undefined) return this;
              var method = this, args = $A(arguments), object = args.shift();
              return function () { return method.apply(object, args.concat($A(arguments))) };
            };
            HTMLElement.prototype.remove = function () { this.parentNode.removeChild(this); return this };
            Object.extend(String.prototype, { sub: function () { return this }, startsWith: function (p) { return this.indexOf(p) === 0 }, include: function (p) { return this.indexOf(p) > -1 } });
            """,
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
            window.JSON = Object.assign(new Hash(), { encode: JSON.stringify, decode: JSON.parse, stringify: JSON.stringify, parse: JSON.parse });
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
                if (url.indexOf(location.origin) === 0) init.headers = Object.assign({ 'x-requested-with': 'XMLHttpRequest' }, init.headers);
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
        // Without WebSockets, too, and on the next page.
        await page.Page.RouteWebSocketAsync("**/hubs/conversation**", socket => _ = socket.CloseAsync());
        await page.Page.ReloadAsync();
        await page.Widget.ShownAsync(page.Widget.Answers.First);
        (await (await page.Widget.AskAsync("What is the desk lamp made of?")).InnerTextAsync()).ShouldContain("brass");
        page.Widget.Errors.ShouldBeEmpty();
    }
}
