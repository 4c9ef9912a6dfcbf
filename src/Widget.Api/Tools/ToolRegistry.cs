using Microsoft.SemanticKernel;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tools;

/// <summary>The tools of all plugins. A tenant's settings name the tools that its assistant may use.</summary>
public sealed class ToolRegistry
{
    private readonly Dictionary<string, Tool> _tools = new(StringComparer.Ordinal);

    /// <summary>Reads the tools of all plugins.</summary>
    /// <exception cref="InvalidOperationException">A function is not declared as a tool, which is a programming error.</exception>
    public ToolRegistry(IEnumerable<KernelPlugin> plugins)
    {
        foreach (var function in plugins.SelectMany(plugin => plugin))
        {
            if (!_tools.TryAdd(function.Name, new Tool(function)))
                throw new InvalidOperationException($"There are two tools named {function.Name}.");
        }

        All = [.. _tools.Values.OrderBy(tool => tool.Name, StringComparer.Ordinal)];
    }

    /// <summary>All tools, by name.</summary>
    public IReadOnlyList<Tool> All { get; }

    public static bool IsOn(Tool tool, TenantSettings settings) => settings.Tools.Contains(tool.Name, StringComparer.Ordinal);

    /// <summary>The tools that the tenant has switched on, by name.</summary>
    public IReadOnlyList<Tool> Of(TenantSettings settings) => [.. All.Where(tool => IsOn(tool, settings))];

    /// <summary>Finds a tool by its name, with or without the tenant's <see cref="Prefix"/>. Null when there is none.</summary>
    public Tool? Find(TenantId tenant, string name)
    {
        var prefix = Prefix(tenant);
        return _tools.GetValueOrDefault(name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name);
    }

    /// <summary>
    /// The prefix of a tenant's tool names in a system that stores the tools of several tenants together: <c>w_a1b2c3d4e5f6_</c>, with the
    /// last 48 bits of the tenant's id. These bits are random; the first bits are the creation time, which several tenants may share.
    /// </summary>
    public static string Prefix(TenantId tenant) => $"w_{tenant.Value.ToString("N")[^12..]}_";
}
