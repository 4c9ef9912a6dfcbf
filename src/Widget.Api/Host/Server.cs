using Microsoft.AspNetCore.Hosting.Server;
using Npgsql;
using Widget.Api.Audit;
using Widget.Api.Configuration;
using Widget.Api.KeyRing;
using Widget.Api.Limits;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;

namespace Widget.Api.Host;

/// <summary>Builds the web server and its middleware pipeline.</summary>
public static partial class Server
{
    /// <param name="args">ASP.NET Core's own arguments, such as <c>--urls</c>.</param>
    /// <param name="options">The operator's settings.</param>
    /// <param name="configure">Changes the builder at the end. For tests and operator commands.</param>
    public static WebApplication Build(string[] args, ServerOptions options, Action<WebApplicationBuilder>? configure = null)
    {
        // Published files are beside the program, whatever the working directory is.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.AddJsonLogging();
        builder.AddFeatures(options);
        configure?.Invoke(builder);

        var app = builder.Build();
        var hosts = app.Services.GetRequiredService<OwnHosts>();
        app.Lifetime.ApplicationStarted.Register(() => hosts.AddListeningAddresses(app.Services.GetRequiredService<IServer>()));
        app.UsePipeline(options);
        app.MapFeatures();
        return app;
    }

    /// <summary>
    /// Builds the application's services for an operator's command: connected as the tables' owner and without a log. Never start it.
    /// </summary>
    public static WebApplication BuildForOperator(string ownerConnection) => Build(
        [],
        ServerOptions.Read(
            name => name == ConnectionStrings.ApplicationVariable ? ownerConnection : Environment.GetEnvironmentVariable(name)),
        builder => builder.Logging.ClearProviders());

    private static void UsePipeline(this WebApplication app, ServerOptions options)
    {
        app.UseTrustedProxies();
        app.UseExceptionHandler();
        app.UseStatusCodePages(Problems.WriteStatusAsync);
        app.Use((http, next) =>
        {
            http.Response.Headers.XContentTypeOptions = "nosniff";
            return next(http);
        });
        app.UseEmbed(options.EmbedFolder);
        app.UseRouting();
        app.UseMiddleware<HostMiddleware>();
        app.UseCors();
        // PostgreSQL rejects U+0000, and once a response has begun, it can't report the error.
        app.Use((http, next) => http.Request.QueryString.Value?.Contains("%00", StringComparison.Ordinal) == true
            ? Problems.WriteAsync(http, StatusCodes.Status400BadRequest, Problems.InvalidText)
            : next(http));
        app.UseMiddleware<AddressLimits>();
        app.UseMiddleware<MultiTenantMiddleware>();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseMiddleware<CallerLimits>();
        app.UseMiddleware<AuditMiddleware>();
    }

    /// <summary>
    /// Refuses to serve with a role that row-level security does not apply to, because tenants would see one another's rows, or with a
    /// key ring that cannot be read, because all tokens and secrets would be invalid. While the database is unavailable, the server starts
    /// and its readiness check reports the problem.
    /// </summary>
    /// <exception cref="InvalidConfigurationException">
    /// Row-level security does not apply to the login, or the key ring cannot be read.
    /// </exception>
    public static async Task EnsureSafeToServeAsync(WebApplication app, CancellationToken ct)
    {
        try
        {
            if (await DatabaseHealth.RoleProblemAsync(app.Services.GetRequiredService<NpgsqlDataSource>(), ct) is { } problem)
                throw new InvalidConfigurationException([problem]);
            var keyRing = app.Services.GetRequiredService<DatabaseKeyRing>();
            if (await keyRing.ProblemAsync(ct) is { } unreadable) throw new InvalidConfigurationException([unreadable]);
            if (await keyRing.WarningAsync(ct) is { } warning) LogKeyRing(app.Logger, warning);
        }
        catch (NpgsqlException)
        {
            // The readiness check reports it.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private static partial void LogKeyRing(ILogger logger, string warning);
}
