using Microsoft.SemanticKernel;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tools;

/// <summary>
/// The tools of all plugins, and those that tenants have added themselves. A tenant's settings name the built-in tools that its assistant
/// may use. A tenant's own tool is enabled where it is added.
/// </summary>
public sealed class ToolRegistry
{
    private readonly Dictionary<string, Tool> _builtIn = new(StringComparer.Ordinal);
    private readonly ITenantTools[] _tenantTools;

    /// <summary>Reads the tools of all plugins.</summary>
    /// <exception cref="InvalidOperationException">A function is not declared as a tool, which is a programming error.</exception>
    public ToolRegistry(IEnumerable<KernelPlugin> plugins, IEnumerable<ITenantTools>? tenantTools = null)
    {
        foreach (var function in plugins.SelectMany(plugin => plugin))
        {
            if (!_builtIn.TryAdd(function.Name, new Tool(function)))
                throw new InvalidOperationException($"There are two tools named {function.Name}.");
        }

        BuiltIn = [.. _builtIn.Values.OrderBy(tool => tool.Name, StringComparer.Ordinal)];
        _tenantTools = [.. tenantTools ?? []];
    }

    /// <summary>The tools of this installation, by name.</summary>
    public IReadOnlyList<Tool> BuiltIn { get; }

    public static bool IsEnabled(Tool tool, TenantSettings settings) =>
        tool.Origin != ToolOrigin.BuiltIn || settings.Tools.Contains(tool.Name, StringComparer.Ordinal);

    /// <summary>Returns all built-in tools, and the tenant's own tools that are enabled, by name.</summary>
    public async Task<IReadOnlyList<Tool>> AllAsync(TenantId tenant, CancellationToken ct) =>
        [.. BuiltIn.Concat(await OwnAsync(tenant, ct)).OrderBy(tool => tool.Name, StringComparer.Ordinal)];

    /// <summary>Returns the tools that the tenant has enabled, by name.</summary>
    public async Task<IReadOnlyList<Tool>> OfAsync(TenantId tenant, TenantSettings settings, CancellationToken ct) =>
        [.. (await AllAsync(tenant, ct)).Where(tool => IsEnabled(tool, settings))];

    /// <summary>Finds a tool by its name, with or without the tenant's <see cref="Prefix"/>. Null when there is none.</summary>
    public async Task<Tool?> FindAsync(TenantId tenant, string name, CancellationToken ct)
    {
        var prefix = Prefix(tenant);
        if (name.StartsWith(prefix, StringComparison.Ordinal)) name = name[prefix.Length..];
        return _builtIn.GetValueOrDefault(name) ?? (await OwnAsync(tenant, ct)).FirstOrDefault(tool => tool.Name == name);
    }

    /// <summary>
    /// The prefix of a tenant's tool names in a system that stores the tools of several tenants together: <c>w_a1b2c3d4e5f6_</c>, with the
    /// last 48 bits of the tenant's id. These bits are random; the first bits are the creation time, which several tenants may share.
    /// </summary>
    public static string Prefix(TenantId tenant) => $"w_{tenant.Value.ToString("N")[^12..]}_";

    // A later version may have a built-in tool with the name of a tenant's tool. The built-in one counts.
    private async Task<IReadOnlyList<Tool>> OwnAsync(TenantId tenant, CancellationToken ct)
    {
        var own = new List<Tool>();
        foreach (var source in _tenantTools) own.AddRange(await source.OfAsync(tenant, ct));
        return [.. own.Where(tool => !_builtIn.ContainsKey(tool.Name)).DistinctBy(tool => tool.Name, StringComparer.Ordinal)];
    }
}
