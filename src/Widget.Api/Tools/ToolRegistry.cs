using Widget.Api.Tenancy.MultiTenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tools;

/// <summary>All tools that this installation has, and which of them a tenant's assistant may use: those that its settings name.</summary>
public sealed class ToolRegistry
{
    private readonly Dictionary<string, ITool> _tools = new(StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">A tool is not what a tool must be; the program has to be changed.</exception>
    public ToolRegistry(IEnumerable<ITool> tools)
    {
        foreach (var tool in tools)
        {
            if (!ToolName.Pattern().IsMatch(tool.Name)) throw new InvalidOperationException($"\"{tool.Name}\" is not a name for a tool.");
            if (!_tools.TryAdd(tool.Name, tool)) throw new InvalidOperationException($"There are two tools named {tool.Name}.");
            if (ArgumentSchema.Problem(tool.Parameters) is { } problem) throw new InvalidOperationException($"The parameters of {tool.Name}: {problem}");
        }

        All = [.. _tools.Values.OrderBy(tool => tool.Name, StringComparer.Ordinal)];
    }

    /// <summary>In order of their names.</summary>
    public IReadOnlyList<ITool> All { get; }

    public bool IsOn(ITool tool, TenantSettings settings) => settings.Tools.Contains(tool.Name, StringComparer.Ordinal);

    /// <summary>The tools that are on, in order of their names.</summary>
    public IReadOnlyList<ITool> Of(TenantSettings settings) => [.. All.Where(tool => IsOn(tool, settings))];

    /// <summary>A tool that is on, by its name or by the name that it has for this tenant elsewhere; null when there is none.</summary>
    public ITool? Find(TenantInfo tenant, TenantSettings settings, string name)
    {
        var prefix = Prefix(tenant.TenantId);
        return _tools.TryGetValue(name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name, out var tool) && IsOn(tool, settings) ? tool : null;
    }

    /// <summary>
    /// What stands before a tenant's tools where several tenants' are kept together: <c>w_a1b2c3d4e5f6_</c>, the last 48 bits of the tenant's id,
    /// which are random. The first ones are the time, which tenants made in the same minute share.
    /// </summary>
    public static string Prefix(TenantId tenant) => $"w_{tenant.Value.ToString("N")[^12..]}_";
}
