namespace Widget.Api.Telemetry;

/// <summary>
/// Limits the categories that log paths, queries, headers or contents, regardless of the configuration. Callback URLs have a token in their
/// path, WebSocket URLs in their query string. Semantic Kernel logs arguments and results, which hold what visitors say.
/// </summary>
internal static class LogCategories
{
    private static readonly (string Category, LogLevel Least)[] Guarded =
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
            if (LeastOf(rule.CategoryName) is { } least && rule.LogLevel is { } level && level < least)
                options.Rules[i] = new LoggerFilterRule(rule.ProviderName, rule.CategoryName, least, rule.Filter);
        }

        // A rule for one provider goes before those for all, so each provider that has rules gets these, too.
        foreach (var provider in options.Rules.Select(rule => rule.ProviderName).Append(null).Distinct(StringComparer.Ordinal).ToList())
            foreach (var (category, least) in Guarded)
                if (!options.Rules.Any(rule => rule.ProviderName == provider && rule.CategoryName == category))
                    options.Rules.Add(new LoggerFilterRule(provider, category, least, null));
    }

    private static LogLevel? LeastOf(string? category)
    {
        if (category is null) return null;
        foreach (var (guarded, least) in Guarded)
            if (category.StartsWith(guarded, StringComparison.OrdinalIgnoreCase)) return least;
        return null;
    }
}
