using Xunit.v3;

namespace Widget.Api.Tests;

/// <summary>
/// Makes each test class a separate collection, so that classes run at the same time. Each class that uses an <see cref="ApiFixture"/>
/// gets its own. A class that must run alone has the attribute <c>[Collection(typeof(Alone))]</c>.
/// </summary>
public sealed class ClassesSideBySide(IXunitTestAssembly assembly) : TestCollectionFactoryBase(assembly)
{
    public override string DisplayName => "classes side by side";

    protected override IXunitTestCollection GetDefaultTestCollection(Type testClass)
    {
        var usesApi = testClass.GetConstructors()
            .Any(constructor => constructor.GetParameters().Any(parameter => parameter.ParameterType == typeof(ApiFixture)));
        return new XunitTestCollection(TestAssembly, usesApi ? typeof(WithApi) : null, disableParallelization: false, testClass.FullName!);
    }

    private sealed class WithApi : ICollectionFixture<ApiFixture>;
}

/// <summary>
/// The classes that run one after the other once all others are done. They measure times, load the machine, or listen to spans,
/// metrics or statements, which all classes of the process share.
/// </summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Alone : ICollectionFixture<ApiFixture>;
