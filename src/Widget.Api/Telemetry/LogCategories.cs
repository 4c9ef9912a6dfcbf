namespace Widget.Api.Telemetry;

/// <summary>
/// Limits the categories that log paths, queries, headers or request contents below warning level to warnings, regardless of the
/// configuration: callback URLs have a token in their path, WebSocket URLs in their query string.
/// </summary>
internal static class LogCategories
{
    private static readonly string[] Guarded = ["Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore", "Microsoft.Extensions.Http", "System.Net.Http", "Npgsql"];

    public static void Guard(WebApplicationBuilder builder) => builder.Services.PostConfigure<LoggerFilterOptions>(Guard);

    internal static void Guard(LoggerFilterOptions options)
    {
        for (var i = 0; i < options.Rules.Count; i++)
        {
            var rule = options.Rules[i];
            if (IsGuarded(rule.CategoryName) && rule.LogLevel is { } level && level < LogLevel.Warning)
                options.Rules[i] = new LoggerFilterRule(rule.ProviderName, rule.CategoryName, LogLevel.Warning, rule.Filter);
        }

        // A rule for one provider goes before those for all, so each provider that has rules gets these, too.
        foreach (var provider in options.Rules.Select(rule => rule.ProviderName).Append(null).Distinct(StringComparer.Ordinal).ToList())
            foreach (var category in Guarded)
                if (!options.Rules.Any(rule => rule.ProviderName == provider && rule.CategoryName == category))
                    options.Rules.Add(new LoggerFilterRule(provider, category, LogLevel.Warning, null));
    }

    private static bool IsGuarded(string? category) =>
        category is not null && Array.Exists(Guarded, guarded => category.StartsWith(guarded, StringComparison.OrdinalIgnoreCase));
}
