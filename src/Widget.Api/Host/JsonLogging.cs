using Widget.Api.OpenAI;
using Widget.Api.Tenancy;
using Widget.Api.Visitors;

namespace Widget.Api.Host;

internal static class JsonLogging
{
    /// <summary>Logs to the console, one JSON object a line. Leaves out log categories that would contain credentials.</summary>
    public static void AddJsonLogging(this WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders().AddJsonConsole(console =>
        {
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            console.UseUtcTimestamp = true;
        });
        // ASP.NET Core logs each request's query, and WebSockets carry tokens there.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            .AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning)
            .AddFilter(typeof(ApiKeyAuthentication).FullName, LogLevel.Warning)
            .AddFilter(typeof(VisitorAuthentication).FullName, LogLevel.Warning)
            .AddFilter(typeof(ModelKeyAuthentication).FullName, LogLevel.Warning);
    }
}
