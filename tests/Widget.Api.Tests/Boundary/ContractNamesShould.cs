using System.Reflection;
using Widget.Api.Web;

namespace Widget.Api.Tests.Boundary;

/// <summary>Finds a member that was added to an enum, or moved in it, on only one side.</summary>
public sealed class ContractNamesShould
{
    public static TheoryData<string, string> Mappings =>
        [.. Methods.Select(method => (method.Name, method.GetParameters()[0].ParameterType.Name))];

    private static IEnumerable<MethodInfo> Methods => typeof(ContractNames).GetMethods(BindingFlags.Public | BindingFlags.Static);

    [Theory]
    [MemberData(nameof(Mappings))]
    public void Map_every_member_to_the_member_with_the_same_name(string name, string from)
    {
        var method = Methods.Single(method => method.Name == name && method.GetParameters()[0].ParameterType.Name == from);

        foreach (var member in Enum.GetValues(method.GetParameters()[0].ParameterType))
            method.Invoke(null, [member])!.ToString().ShouldBe(member.ToString());
    }

    [Fact]
    public void Have_the_same_members_on_both_sides()
    {
        // Compares in both directions, so that it also finds a member of the API that nothing is mapped to.
        foreach (var method in Methods.Where(method => method.Name == "ToName"))
        {
            var (ours, names) = (method.GetParameters()[0].ParameterType, method.ReturnType);
            Enum.GetNames(names).ShouldBe(Enum.GetNames(ours), ignoreOrder: true, $"{ours.Name} and {names.Name}");
        }
    }

    [Fact]
    public void Be_used_instead_of_casts()
    {
        var pairs = Methods.SelectMany(method => new[] { method.GetParameters()[0].ParameterType.Name, method.ReturnType.Name }).Distinct();
        var cast = new System.Text.RegularExpressions.Regex($@"\(({string.Join('|', pairs)})\??\)[a-z(]");

        var sources = Path.Combine(Widget.Testing.Repository.Root, "src", "Widget.Api");
        foreach (var file in Directory.EnumerateFiles(sources, "*.cs", SearchOption.AllDirectories))
        {
            if (file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)) continue;
            cast.IsMatch(File.ReadAllText(file))
                .ShouldBeFalse($"{file} casts between enums of two assemblies; ContractNames maps them by name.");
        }
    }
}
