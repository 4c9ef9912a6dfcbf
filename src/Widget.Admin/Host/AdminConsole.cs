using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Radzen;
using Widget.Admin.Accounts;
using Widget.Admin.Api;
using Widget.Admin.Inbox;
using Widget.Admin.Parts;
using Widget.Admin.Recordings;

namespace Widget.Admin.Host;

/// <summary>The admin console: a separate host that uses only the public API.</summary>
public static class AdminConsole
{
    /// <param name="args">ASP.NET Core's own arguments, such as <c>--urls</c>.</param>
    /// <param name="options">The operator's settings.</param>
    public static WebApplication Build(string[] args, ConsoleOptions options)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        // In a build, static files stay in the source folders. In a published program they are beside it.
        builder.WebHost.UseStaticWebAssets();
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("System.Net.Http", LogLevel.None);
        AddServices(builder.Services, options);

        var app = builder.Build();
        app.UseMiddleware<PageHeaders>();
        app.UseRequestLocalization(Languages.Configure);
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapStaticAssets();
        app.MapPreferences();
        app.MapSignIn();
        app.MapRecordingContent();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(render => render.DisableWebSocketCompression = true);
        return app;
    }

    private static void AddServices(IServiceCollection services, ConsoleOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddLocalization();
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddRadzenComponents();
        services.AddHttpContextAccessor();
        var keys = services.AddDataProtection().SetApplicationName("widget-console");
        if (options.DataFolder is { } folder) keys.PersistKeysToFileSystem(Directory.CreateDirectory(Path.Combine(folder, "console-keys")));
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie =>
        {
            cookie.Cookie.Name = "widget-console";
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.LoginPath = "/sign-in";
            cookie.ReturnUrlParameter = "returnUrl";
            cookie.ExpireTimeSpan = TimeSpan.FromDays(30);
            cookie.SlidingExpiration = true;
        });
        services.AddAuthorization();
        services.AddCascadingAuthenticationState();
        services.AddScoped<Workspace>();
        services.AddScoped<ApiConnection>();
        services.AddScoped<Notices>();
        services.AddScoped<Confirmation>();
        services.AddScoped<ViewerTime>();
        services.AddScoped<ActingRep>();
        services.AddInbox();
        services.AddHttpClient<ApiClient>(client =>
        {
            client.BaseAddress = options.Api;
            client.Timeout = TimeSpan.FromSeconds(30);
        });
    }
}
