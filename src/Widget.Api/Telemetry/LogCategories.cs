namespace Widget.Api.Telemetry;

/// <summary>
/// Limits the categories that log paths, queries, headers or contents, regardless of the configuration. Callback URLs have a token in their
/// path, WebSocket URLs in their query string. Semantic Kernel logs arguments and results, which hold what visitors say.
/// </summary>
internal static class LogCategories
{
    private static readonly (string Category, LogLevel MinLevel)[] Guarded =
    [
        ("Microsoft.AspNetCore", LogLevel.Warning),
        ("Microsoft.EntityFrameworkCore", LogLevel.Warning),
        ("Microsoft.Extensions.Http", LogLevel.Warning),
        ("System.Net.Http", LogLevel.Warning),
        ("Npgsql", LogLevel.Warning),
        ("Microsoft.SemanticKernel", LogLevel.None),
    ];

    public static void Guard(WebApplicationBuilder builder) => builder.Services.PostConfigure<LoggerFilterOptions>(Guard);

    internal static void Guard(LoggerFilterOptions options)
    {
        for (var i = 0; i < options.Rules.Count; i++)
        {
            var rule = options.Rules[i];
            if (MinLevelOf(rule.CategoryName) is { } minLevel && rule.LogLevel is { } level && level < minLevel)
                options.Rules[i] = new LoggerFilterRule(rule.ProviderName, rule.CategoryName, minLevel, rule.Filter);
        }

        // A rule for one provider overrides the rules for all providers. So each provider that has rules gets these rules, too.
        foreach (var provider in options.Rules.Select(rule => rule.ProviderName).Append(null).Distinct(StringComparer.Ordinal).ToList())
            foreach (var (category, minLevel) in Guarded)
                if (!options.Rules.Any(rule => rule.ProviderName == provider && rule.CategoryName == category))
                    options.Rules.Add(new LoggerFilterRule(provider, category, minLevel, null));
    }

    private static LogLevel? MinLevelOf(string? category)
    {
        if (category is null) return null;
        foreach (var (guarded, minLevel) in Guarded)
            if (category.StartsWith(guarded, StringComparison.OrdinalIgnoreCase)) return minLevel;
        return null;
    }
}
