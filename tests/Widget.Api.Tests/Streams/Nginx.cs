using System.Diagnostics;
using Widget.Testing;

namespace Widget.Api.Tests.Streams;

/// <summary>An nginx that forwards to a node with <c>proxy_pass</c> and otherwise has its defaults.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private Nginx(Process process, string folder, Uri address) => (_process, _folder, Address) = (process, folder, address);

    public Uri Address { get; }

    public static async Task<Nginx> StartAsync(ApiNode node, string settings = "")
    {
        var folder = Directory.CreateTempSubdirectory("widget-nginx").FullName;
        var port = FreePorts.Next();
        // Only the paths are set, because a user other than root cannot write to the default ones.
        await File.WriteAllTextAsync(
            Path.Combine(folder, "nginx.conf"),
            $$"""
            daemon off;
            pid {{folder}}/pid;
            error_log {{folder}}/error.log;
            events {}
            http {
              access_log off;
              client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              scgi_temp_path {{folder}}/scgi;
              server {
                listen 127.0.0.1:{{port}};
                location / {
                  proxy_pass {{node.Address.GetLeftPart(UriPartial.Authority)}};
                  {{settings}}
                }
              }
            }
            """);
        var start = new ProcessStartInfo(File.Exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx") { UseShellExecute = false };
        string[] arguments = ["-p", folder, "-e", Path.Combine(folder, "error.log"), "-c", Path.Combine(folder, "nginx.conf")];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var nginx = new Nginx(Process.Start(start)!, folder, new Uri($"http://127.0.0.1:{port}"));
        var errors = Path.Combine(folder, "error.log");
        using var client = new HttpClient { BaseAddress = nginx.Address };
        await Eventually.TrueAsync(async () =>
        {
            if (nginx._process.HasExited) throw new InvalidOperationException(await File.ReadAllTextAsync(errors));
            try
            {
                return (await client.GetAsync("/health/live")).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, "nginx is up");
        return nginx;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
