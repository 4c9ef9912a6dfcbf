
namespace Widget.Browser.Tests.HostPages;

/// <summary>The tag as content systems and tag managers deliver it.</summary>
public sealed class TagShould(DemoInstallation demo, Chromium chromium)
{
    private const string Teal = "rgb(11, 110, 110)";

    /// <summary>By name: the page's HTML. SRC is the address of widget.js, KEY the site key.</summary>
    private static readonly Dictionary<string, string> Pages = new()
    {
        // Custom HTML of Google Tag Manager: it rebuilds each script with its address and type, and drops all data attributes.
        ["Google Tag Manager"] = """
            <script>
              (function (html) {
                var holder = document.createElement('div');
                holder.innerHTML = html;
                document.body.appendChild(holder).style.display = 'none';
                holder.querySelectorAll('script').forEach(function (written) {
                  var script = document.createElement('script');
                  script.async = true;
                  script.type = 'text/javascript';
                  script.src = written.src;
                  document.head.appendChild(script);
                  written.remove();
                });
              })('<script async src="SRC?key=KEY&color=%230b6e6e&position=left" data-site-key="KEY"><\/script>');
            </script>
            """,
        // Rocket-like optimizers, and tag managers set to "module".
        ["a module"] = "<script type=\"module\" src=\"SRC\" data-site-key=\"KEY\" data-color=\"#0b6e6e\" data-position=\"left\"></script>",
        ["an inserted module"] = """
            <script>
              var script = document.createElement('script');
              script.type = 'module';
              script.src = 'SRC?siteKey=KEY&color=0b6e6e&position=left';
              document.head.append(script);
            </script>
            """,
        // wp_enqueue_script escapes the ampersands and appends the version.
        ["WordPress"] = """
            <script src="SRC?key=KEY&#038;color=%230b6e6e&#038;position=left&#038;ver=6.8.1" id="acme-chat-js"
                    defer data-wp-strategy="defer"></script>
            """,
        ["WordPress, escaped twice"] = """
            <script src="SRC?key=KEY&amp;#038;color=%230b6e6e&amp;amp;position=left&amp;ver=6.8.1" id="acme-chat-js"></script>
            """,
        // Script tags of apps: without a scheme, and with the shop's name.
        ["Shopify"] = """
            <script>
              (function () {
                function asyncLoad() {
                  var urls = ['SRC?key=KEY\u0026color=%230b6e6e\u0026position=left\u0026shop=acme.myshopify.com'];
                  for (var i = 0; i < urls.length; i++) {
                    var s = document.createElement('script');
                    s.type = 'text/javascript';
                    s.async = true;
                    s.src = urls[i].replace(/^http:/, '');
                    var x = document.getElementsByTagName('script')[0];
                    x.parentNode.insertBefore(s, x);
                  }
                }
                window.addEventListener('load', asyncLoad, false);
              })();
            </script>
            """,
        // Custom code before </body>.
        ["Webflow"] = """
            <script src="data:text/javascript,window.jQuery=1" type="text/javascript"></script>
            <script>window.WidgetSettings = { key: 'KEY', color: '#0b6e6e', position: 'left' }</script>
            <script async src="SRC"></script>
            """,
        // next/script sets attributes on a new element.
        ["Next.js"] = """
            <script>
              var script = document.createElement('script');
              script.addEventListener('load', function () {});
              script.src = 'SRC';
              script.setAttribute('data-site-key', 'KEY');
              script.setAttribute('data-color', '#0b6e6e');
              script.setAttribute('data-position', 'left');
              script.setAttribute('data-nscript', 'afterInteractive');
              document.body.appendChild(script);
            </script>
            """,
        // The global variable wins over the attributes, and those over the address.
        ["all three"] = """
            <script>window.WidgetSettings = { color: '#0b6e6e' }</script>
            <script defer src="SRC?key=pk_AAAAAAAAAAAAAAAAAAAAAAAA&color=%23ff0000&position=right"
                    data-site-key="KEY" data-color="#00ff00" data-position="left"></script>
            """,
        // A color whose # begins the address's fragment, and a key with quotes and line breaks around it.
        ["careless"] = "<script async src=\"SRC?color=#0b6e6e&position= left \" data-site-key=\"\n  &ldquo;KEY&rdquo;\n\"></script>",
    };

    public static TheoryData<string> Names => [.. Pages.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Show_the_launcher_of(string name)
    {
        await using var page = await HostPage.OpenAsync(
            demo,
            chromium,
            (source, key) => Pages[name].Replace("SRC", source, StringComparison.Ordinal).Replace("KEY", key, StringComparison.Ordinal));

        await page.Widget.ShownAsync(page.Widget.Launcher);
        (await page.Widget.Launcher.EvaluateAsync<string>("button => getComputedStyle(button).backgroundColor")).ShouldBe(Teal);
        (await page.Widget.Launcher.BoundingBoxAsync())!.X.ShouldBeLessThan(100);
        (await page.Widget.Launcher.CountAsync()).ShouldBe(1);
        await HostPage.OpenPanelAsync(page.Page);
        page.Said.ShouldBeEmpty();
        page.Widget.Errors.ShouldBeEmpty();
    }
}
