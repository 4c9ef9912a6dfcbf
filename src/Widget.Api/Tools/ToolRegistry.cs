using Microsoft.SemanticKernel;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tools;

/// <summary>The functions of all plugins as tools, and which of them a tenant's assistant may use: those that its settings name.</summary>
public sealed class ToolRegistry
{
    private readonly Dictionary<string, Tool> _tools = new(StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">A function is not declared as a tool; the program has to be changed.</exception>
    public ToolRegistry(IEnumerable<KernelPlugin> plugins)
    {
        foreach (var function in plugins.SelectMany(plugin => plugin))
        {
            if (!_tools.TryAdd(function.Name, new Tool(function)))
                throw new InvalidOperationException($"There are two tools named {function.Name}.");
        }

        All = [.. _tools.Values.OrderBy(tool => tool.Name, StringComparer.Ordinal)];
    }

    /// <summary>In order of their names.</summary>
    public IReadOnlyList<Tool> All { get; }

    public static bool IsOn(Tool tool, TenantSettings settings) => settings.Tools.Contains(tool.Name, StringComparer.Ordinal);

    /// <summary>The tools that are on, in order of their names.</summary>
    public IReadOnlyList<Tool> Of(TenantSettings settings) => [.. All.Where(tool => IsOn(tool, settings))];

    /// <summary>A tool by its name or by the name that it has for this tenant in other systems; null when there is none.</summary>
    public Tool? Find(TenantId tenant, string name)
    {
        var prefix = Prefix(tenant);
        return _tools.GetValueOrDefault(name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name);
    }

    /// <summary>
    /// Stands before the names of a tenant's tools in a system that keeps the tools of several tenants together:
    /// <c>w_a1b2c3d4e5f6_</c>, the last 48 bits of the tenant's id. Those are random; the first bits are the time, which tenants created
    /// in the same minute share.
    /// </summary>
    public static string Prefix(TenantId tenant) => $"w_{tenant.Value.ToString("N")[^12..]}_";
}
