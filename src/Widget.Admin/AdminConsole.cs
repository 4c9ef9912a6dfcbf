using Widget.Admin.Components;

namespace Widget.Admin;

/// <summary>The admin console: a separate host that uses only the public API.</summary>
public static class AdminConsole
{
    /// <param name="args">ASP.NET Core's own arguments, such as <c>--urls</c>.</param>
    /// <param name="api">The API's address.</param>
    public static WebApplication Build(string[] args, Uri api)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        // In a build, style sheets stay in the source folder. In a published program they are beside it.
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
