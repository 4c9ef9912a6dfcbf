using System.Reflection;
using Widget.Api.Web;

namespace Widget.Api.Tests.Boundary;

/// <summary>A member that is added to an enum, or moved in it, on one side only.</summary>
public sealed class ContractNamesShould
{
    public static TheoryData<string, string> Mappings =>
        [.. Methods.Select(method => (method.Name, method.GetParameters()[0].ParameterType.Name))];

    private static IEnumerable<MethodInfo> Methods => typeof(ContractNames).GetMethods(BindingFlags.Public | BindingFlags.Static);

    [Theory]
    [MemberData(nameof(Mappings))]
    public void Map_every_member_to_the_one_of_its_name(string name, string from)
    {
        var method = Methods.Single(method => method.Name == name && method.GetParameters()[0].ParameterType.Name == from);

        foreach (var member in Enum.GetValues(method.GetParameters()[0].ParameterType))
            method.Invoke(null, [member])!.ToString().ShouldBe(member.ToString());
    }

    [Fact]
    public void Know_as_many_names_as_there_are_members()
    {
        // Both ways, so that a member of the API's that nothing maps to is seen as well.
        foreach (var method in Methods.Where(method => method.Name == "ToName"))
        {
            var (ours, names) = (method.GetParameters()[0].ParameterType, method.ReturnType);
            Enum.GetNames(names).ShouldBe(Enum.GetNames(ours), ignoreOrder: true, $"{ours.Name} and {names.Name}");
        }
    }

    [Fact]
    public void Be_the_only_way_between_the_two()
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
