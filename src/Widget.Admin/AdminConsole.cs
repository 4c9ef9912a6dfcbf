using Widget.Admin.Components;

namespace Widget.Admin;

/// <summary>The console: a host of its own, which knows the API by its public address and nothing else of it.</summary>
public static class AdminConsole
{
    /// <param name="args">ASP.NET Core's own, such as <c>--urls</c>.</param>
    /// <param name="api">Where the API is.</param>
    public static WebApplication Build(string[] args, Uri api)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        // Built, its style sheet is where the source is; published, it is beside the program.
        builder.WebHost.UseStaticWebAssets();
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("System.Net.Http", LogLevel.None);
        builder.Services.AddRazorComponents();
        builder.Services.AddHttpClient<InstallationClient>(client =>
        {
            client.BaseAddress = api;
            client.Timeout = TimeSpan.FromSeconds(5);
        });
        var app = builder.Build();
        app.UseStaticFiles();
        app.UseAntiforgery();
        app.MapRazorComponents<App>();
        return app;
    }
}
